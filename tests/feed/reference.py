"""The same events by the library icalendar: what every line of ours is held against, and how long one would wait."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from icalendar import Event, Parameters, vText

from service.feed.description import describe, name_session
from service.feed.event import is_called_off
from service.feed.words import choose_words
from service.feed.zone import tell_time
from service.schedule.series import Series
from service.schedule.session import Session, Status, When
from service.schedule.text import clean_line, clean_text, mask_addresses
from service.schedule.version import Version

__all__ = ["Text", "build_event"]

_CONFERENCE: Final = Parameters({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"]})


class Text(vText):
    r"""A TEXT value. Unlike icalendar's own it keeps the two characters `\N` what they are: no line break."""

    def to_ical(self) -> bytes:
        """The escaped text in UTF-8."""
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def build_event(version: Version, series: Series) -> bytes:
    """The VEVENT that `render_event` makes, folded as icalendar folds."""
    session = version.session
    assert session.when is not None
    event = Event()
    event.add("UID", version.uid)
    modified = max(version.modified, series.modified)
    event.add("DTSTAMP", modified)
    event.add("LAST-MODIFIED", modified)
    event.add("SEQUENCE", version.sequence)
    _add_time(event, session.when)
    _add_status(event, version, series)
    _add_place(event, session, series)
    if description := "\n".join(_description(version, series)):
        event.add("DESCRIPTION", Text(clean_text(description)))
    if series.url:
        event.add("URL", f"{series.url}#{version.id}")
    if session.type:
        event.add("CATEGORIES", Text(clean_line(session.type)))
    return bytes(event.to_ical())


def _add_time(event: Event, when: When) -> None:
    starts, ends = _all_day(when) if when.all_day else _timed(when)
    event.add("DTSTART", starts)
    if ends > starts:  # a DTEND must be later than its DTSTART (RFC 5545 3.8.2.2)
        event.add("DTEND", ends)


def _all_day(when: When) -> tuple[date, date]:
    return when.starts.date(), max(when.ends.date(), when.starts.date() + timedelta(days=1))


def _timed(when: When) -> tuple[datetime, datetime]:
    """Start and end, both by the wall clock or both in UTC."""
    told = tell_time(when.starts), tell_time(when.ends)
    return told if UTC not in {moment.tzinfo for moment in told} else (told[0].astimezone(UTC), told[1].astimezone(UTC))


def _add_status(event: Event, version: Version, series: Series) -> None:
    """Title, STATUS and how busy the time is. Outlook shows cancelled events like others: the title has to tell."""
    session = version.session
    title, status, busy = name_session(session, series.title), "CONFIRMED", "BUSY"
    if is_called_off(version):
        title = f"{choose_words(series.language).cancelled} {title}"
        status, busy = "CANCELLED", "FREE"
    elif session.status is Status.TENTATIVE:
        status, busy = "TENTATIVE", "TENTATIVE"
    event.add("SUMMARY", Text(clean_line(title)))
    event.add("STATUS", status)
    event.add("TRANSP", "TRANSPARENT" if busy == "FREE" else "OPAQUE")
    event.add("X-MICROSOFT-CDO-BUSYSTATUS", Text(busy))


def _add_place(event: Event, session: Session, series: Series) -> None:
    """Google shows LOCATION, and not always the rest: a meeting with no other place has its link there."""
    place = mask_addresses(session.place) or series.location or series.join_url
    if place:
        event.add("LOCATION", Text(clean_line(place)))
    if series.join_url:
        event.add("CONFERENCE", series.join_url, parameters=_CONFERENCE)


def _description(version: Version, series: Series) -> Iterator[str]:
    """The lines of the description: how to join first, the session's page last."""
    words = choose_words(series.language)
    if series.join_url:
        yield series.join_url
    yield from describe(version.session, words)
    if series.url:
        yield f"{words.page}: {series.url}#{version.id}"
