"""An event: one session as a calendar shows it (VEVENT, RFC 5545 3.6.1)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from icalendar import Event, Parameters

from service.feed.content import plain_line, plain_text
from service.feed.words import choose_words
from service.feed.zone import tell_time
from service.schedule.series import Series
from service.schedule.session import Session, Status, When
from service.schedule.text import mask_addresses
from service.schedule.version import Version

__all__ = ["is_called_off", "render_event"]

_CONFERENCE: Final = Parameters({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"]})


def is_called_off(version: Version) -> bool:
    """Whether calendars are to show this session as cancelled: it is, or it left the document."""
    return version.withdrawn or version.session.status is Status.CANCELLED


def render_event(version: Version, series: Series) -> bytes:
    """One VEVENT; equal bytes for equal values. Raises `ValueError` for a session without a date.

    It names nobody as ORGANIZER or ATTENDEE, and masks addresses in texts: everybody can read a feed. (RFC 5546 3.2.1
    asks PUBLISH for an ORGANIZER; programs that subscribe do without, and a series has no address to be known by.)
    """
    session = version.session
    if session.when is None:
        raise ValueError(f"the session {version.uid} has no date")
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
        event.add("DESCRIPTION", plain_text(description))
    if series.url:
        event.add("URL", f"{series.url}#{version.id}")
    if session.type:
        event.add("CATEGORIES", plain_line(session.type))
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
    title, status, busy = session.title or session.type or series.title, "CONFIRMED", "BUSY"
    if is_called_off(version):
        title, status, busy = f"{choose_words(series.language).cancelled} {title}", "CANCELLED", "FREE"
    elif session.status is Status.TENTATIVE:
        status, busy = "TENTATIVE", "TENTATIVE"
    event.add("SUMMARY", plain_line(mask_addresses(title)))
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
    """The lines of the description: how to join first, then who speaks, what to read, notes and the session's page."""
    session, words = version.session, choose_words(series.language)
    if series.join_url:
        yield series.join_url
    speakers = ", ".join(session.speakers)
    who = f"{speakers} ({session.affiliation})" if speakers and session.affiliation else speakers or session.affiliation
    if who:
        yield mask_addresses(f"{words.speakers}: {who}")
    for link in session.links:
        yield f"{mask_addresses(link.label)}: {link.url}" if link.label not in ("", link.url) else link.url
    if session.note:
        yield mask_addresses(session.note)
    if series.url:
        yield f"{words.page}: {series.url}#{version.id}"
