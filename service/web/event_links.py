"""Links that add one session to a calendar, once: it follows no change."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote, urlencode

from service.feed.description import describe, name_session
from service.feed.words import choose_words
from service.schedule.series import Series
from service.schedule.text import mask_addresses
from service.schedule.version import Version

__all__ = ["EventLinks", "link_event"]

_LONGEST_DETAILS: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLinks:
    """The addresses that offer one session to each program; `file` is its .ics."""

    file: str
    google: str
    outlook: str
    office: str


def link_event(version: Version, series: Series) -> EventLinks:
    """The links for a dated session. Times are told in UTC: Outlook misreads offsets."""
    session, page = version.session, f"{series.url}#{version.id}"
    title = name_session(session, series.title)
    place = mask_addresses(session.place) or series.location or series.join_url
    ways_in = dict.fromkeys(filter(None, (series.join_url, place)))  # some of Google's apps lose the location
    told = [*ways_in, *describe(session, choose_words(series.language))]
    details = "\n".join([*told, page]) if len("\n".join(told)) <= _LONGEST_DETAILS else page
    return EventLinks(
        file=f"{series.url}/{version.id}.ics",
        google="https://calendar.google.com/calendar/render?"
        + _ask(action="TEMPLATE", text=title, dates=_tell_dates(version), details=details, location=place),
        **{
            name: f"https://{host}/calendar/0/action/compose?"
            + _ask(rru="addevent", subject=title, body=details, location=place, **_tell_times(version))
            for name, host in (("outlook", "outlook.live.com"), ("office", "outlook.office.com"))
        },
    )


def _tell_dates(version: Version) -> str:
    when = version.when
    if when.all_day:
        return f"{when.starts:%Y%m%d}/{max(when.ends, when.starts + timedelta(days=1)):%Y%m%d}"
    return f"{when.starts.astimezone(UTC):%Y%m%dT%H%M%SZ}/{when.ends.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _tell_times(version: Version) -> dict[str, str]:
    when = version.when
    if when.all_day:
        return {"startdt": f"{when.starts:%Y-%m-%d}", "enddt": f"{when.ends:%Y-%m-%d}", "allday": "true"}
    return {"startdt": _write(when.starts), "enddt": _write(when.ends)}


def _write(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _ask(**fields: str) -> str:
    """A query whose blanks are written `%20`: some programs show a plus sign as it is."""
    return urlencode({name: value for name, value in fields.items() if value}, quote_via=quote, safe="")
