"""An event: one session as a calendar shows it (VEVENT, RFC 5545 3.6.1)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from service.feed.alarms import add_alarms
from service.feed.content import plain_line, plain_text, write_day, write_lines, write_moment
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


def is_called_off(version: Version) -> bool:
    """Whether calendars are to show this session as cancelled: it is, or it left the document."""
    return version.withdrawn or version.session.status is Status.CANCELLED


def render_event(version: Version, series: Series, style: Style = PLAIN) -> bytes:
    """One VEVENT in that style; equal bytes for equal values. Raises `ValueError` for a session without a date.

    It names nobody as ORGANIZER or ATTENDEE, and masks addresses in texts: everybody can read a feed. (RFC 5546 3.2.1
    asks PUBLISH for an ORGANIZER; programs that subscribe do without, and a series has no address to be known by.)
    """
    if style.language:
        series = replace(series, language=style.language)
    return alert(write_lines(_list_lines(version, series, style)), version, series, style.alarms)


def alert(event: bytes, version: Version, series: Series, alarms: Sequence[Alarm]) -> bytes:
    """The rendered `event` with these alarms; without any if the session was called off."""
    if not alarms or is_called_off(version):
        return event
    return add_alarms(event, alarms, uid=version.uid, title=name_session(version.session, series.title))


def _list_lines(version: Version, series: Series, style: Style) -> Iterator[str]:
    """The lines of the event, when and what first."""
    session = version.session
    if session.when is None:
        raise ValueError(f"the session {version.uid} has no date")
    status, busy = _tell_status(version)
    modified = write_moment(max(version.modified, series.modified).astimezone(UTC))
    yield "BEGIN:VEVENT"
    yield f"SUMMARY:{plain_line(_entitle(version, series, marks=style.marks))}"
    yield from _tell_time(session.when)
    yield f"DTSTAMP:{modified}Z"
    yield f"UID:{plain_line(version.uid)}"
    yield f"SEQUENCE:{version.sequence}"
    if session.type:
        yield f"CATEGORIES:{plain_line(session.type)}"
    if series.join_url:
        yield f"CONFERENCE;FEATURE=AUDIO,VIDEO;VALUE=URI:{series.join_url}"
    if description := "\n".join(_describe(version, series)):
        yield f"DESCRIPTION:{plain_text(description)}"
    yield f"LAST-MODIFIED:{modified}Z"
    if place := _find_place(session, series):
        yield f"LOCATION:{plain_line(place)}"
    yield f"STATUS:{status}"
    yield f"TRANSP:{'TRANSPARENT' if busy == 'FREE' else 'OPAQUE'}"
    if series.url:
        yield f"URL:{series.url}#{version.id}"
    yield f"X-MICROSOFT-CDO-BUSYSTATUS:{busy}"
    yield "END:VEVENT"


def _entitle(version: Version, series: Series, *, marks: bool) -> str:
    """The title. Outlook shows cancelled events like others: the title has to tell."""
    title = name_session(version.session, series.title)
    return f"{choose_words(series.language).cancelled} {title}" if marks and is_called_off(version) else title


def _tell_status(version: Version) -> tuple[str, str]:
    """STATUS, and how busy the time is."""
    if is_called_off(version):
        return "CANCELLED", "FREE"
    return ("TENTATIVE", "TENTATIVE") if version.session.status is Status.TENTATIVE else ("CONFIRMED", "BUSY")


def _tell_time(when: When) -> Iterator[str]:
    starts, ends = _all_day(when) if when.all_day else _timed(when)
    yield f"DTSTART{_write_time(starts)}"
    if ends > starts:  # a DTEND must be later than its DTSTART (RFC 5545 3.8.2.2)
        yield f"DTEND{_write_time(ends)}"


def _write_time(time: date) -> str:
    """Parameters and value of a DATE, or of a DATE-TIME in UTC or by the wall clock of its zone."""
    if not isinstance(time, datetime):
        return f";VALUE=DATE:{write_day(time)}"
    if time.tzinfo is UTC:
        return f":{write_moment(time)}Z"
    return f";TZID={time.tzinfo}:{write_moment(time)}"


def _all_day(when: When) -> tuple[date, date]:
    return when.starts.date(), max(when.ends.date(), when.starts.date() + timedelta(days=1))


def _timed(when: When) -> tuple[datetime, datetime]:
    """Start and end, both by the wall clock or both in UTC."""
    told = tell_time(when.starts), tell_time(when.ends)
    return told if UTC not in {moment.tzinfo for moment in told} else (told[0].astimezone(UTC), told[1].astimezone(UTC))


def _find_place(session: Session, series: Series) -> str:
    """Google shows LOCATION, and not always the rest: a meeting with no other place has its link there."""
    return mask_addresses(session.place) or series.location or series.join_url


def _describe(version: Version, series: Series) -> Iterator[str]:
    """The lines of the description: how to join first, the session's page last."""
    words = choose_words(series.language)
    if series.join_url:
        yield series.join_url
    yield from describe(version.session, words)
    if series.url:
        yield f"{words.page}: {series.url}#{version.id}"
