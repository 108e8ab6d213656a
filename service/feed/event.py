"""An event: one session as a calendar shows it (VEVENT, RFC 5545 3.6.1)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from icalendar import Event, Parameters

from service.feed.alarms import add_alarms
from service.feed.content import mend_folds, plain_line, plain_text
from service.feed.description import describe, name_session
from service.feed.style import PLAIN, Alarm, Style
from service.feed.words import choose_words
from service.feed.zone import tell_time
from service.schedule.series import Series
from service.schedule.session import Session, Status, When
from service.schedule.text import mask_addresses
from service.schedule.version import Version

__all__ = ["RENDERING", "alert", "is_called_off", "render_event"]

RENDERING: Final = 1
"""Raise it whenever an unchanged session is rendered in another way: then all events become newer.

Some calendars (ICSx5) take up no event whose LAST-MODIFIED is what it was.
"""

_CONFERENCE: Final = Parameters({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"]})


def is_called_off(version: Version) -> bool:
    """Whether calendars are to show this session as cancelled: it is, or it left the document."""
    return version.withdrawn or version.session.status is Status.CANCELLED


def render_event(version: Version, series: Series, style: Style = PLAIN) -> bytes:
    """One VEVENT in that style; equal bytes for equal values. Raises `ValueError` for a session without a date.

    It names nobody as ORGANIZER or ATTENDEE, and masks addresses in texts: everybody can read a feed. (RFC 5546 3.2.1
    asks PUBLISH for an ORGANIZER; programs that subscribe do without, and a series has no address to be known by.)
    """
    session = version.session
    if session.when is None:
        raise ValueError(f"the session {version.uid} has no date")
    if style.language:
        series = replace(series, language=style.language)
    event = Event()
    event.add("UID", version.uid)
    modified = max(version.modified, series.modified)
    event.add("DTSTAMP", modified)
    event.add("LAST-MODIFIED", modified)
    event.add("SEQUENCE", version.sequence)
    _add_time(event, session.when)
    _add_status(event, version, series, marks=style.marks)
    _add_place(event, session, series)
    if description := "\n".join(_description(version, series)):
        event.add("DESCRIPTION", plain_text(description))
    if series.url:
        event.add("URL", f"{series.url}#{version.id}")
    if session.type:
        event.add("CATEGORIES", plain_line(session.type))
    rendered = mend_folds(bytes(event.to_ical()))
    return alert(rendered, version, series, style.alarms)


def alert(event: bytes, version: Version, series: Series, alarms: Sequence[Alarm]) -> bytes:
    """The rendered `event` with these alarms; without any if the session was called off."""
    if not alarms or is_called_off(version):
        return event
    return add_alarms(event, alarms, uid=version.uid, title=name_session(version.session, series.title))


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


def _add_status(event: Event, version: Version, series: Series, *, marks: bool) -> None:
    """Title, STATUS and how busy the time is. Outlook shows cancelled events like others: the title has to tell."""
    session = version.session
    title, status, busy = name_session(session, series.title), "CONFIRMED", "BUSY"
    if is_called_off(version):
        title = f"{choose_words(series.language).cancelled} {title}" if marks else title
        status, busy = "CANCELLED", "FREE"
    elif session.status is Status.TENTATIVE:
        status, busy = "TENTATIVE", "TENTATIVE"
    event.add("SUMMARY", plain_line(title))
    event.add("STATUS", status)
    event.add("TRANSP", "TRANSPARENT" if busy == "FREE" else "OPAQUE")
    event.add("X-MICROSOFT-CDO-BUSYSTATUS", plain_line(busy))


def _add_place(event: Event, session: Session, series: Series) -> None:
    """Google shows LOCATION, and not always the rest: a meeting with no other place has its link there."""
    place = mask_addresses(session.place) or series.location or series.join_url
    if place:
        event.add("LOCATION", plain_line(place))
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
