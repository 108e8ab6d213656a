"""What a calendar program reads from a feed, and the programs in Python that read it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import icalendar
import vobject
from ical.calendar_stream import IcsCalendarStream

from service.feed.words import choose_words
from service.schedule.series import Series
from service.schedule.session import Status
from service.schedule.version import Version

__all__ = ["PYTHON_READERS", "Reading", "expect"]


@dataclass(frozen=True, slots=True, order=True)
class Reading:
    """One event as read: `start` is an instant in UTC or a day, both in ISO 8601."""

    uid: str
    start: str
    title: str
    place: str


def expect(series: Series, versions: Sequence[Version]) -> list[Reading]:
    """What every program should read; titles and places of the versions are clean lines."""
    return sorted(_expect_one(series, version) for version in versions)


def _expect_one(series: Series, version: Version) -> Reading:
    session = version.session
    assert session.when is not None
    starts = session.when.starts
    cancelled = version.withdrawn or session.status is Status.CANCELLED
    return Reading(
        uid=version.uid,
        start=_write(starts.date() if session.when.all_day else starts),
        title=f"{choose_words(series.language).cancelled} {session.title}" if cancelled else session.title,
        place=session.place or series.location or series.join_url,
    )


def _read_with_icalendar(feed: bytes) -> list[Reading]:
    calendar: Any = icalendar.Calendar.from_ical(feed)
    events = calendar.walk("VEVENT")
    assert not any(component.errors for component in calendar.walk())
    return sorted(
        Reading(str(event["UID"]), _write(event["DTSTART"].dt), str(event["SUMMARY"]), str(event.get("LOCATION", "")))
        for event in events
    )


def _read_with_ical(feed: bytes) -> list[Reading]:
    calendar = IcsCalendarStream.calendar_from_ics(feed.decode())
    return sorted(
        Reading(event.uid or "", _write(event.start), event.summary or "", event.location or "")
        for event in calendar.events
    )


def _read_with_vobject(feed: bytes) -> list[Reading]:
    calendar = vobject.readOne(feed.decode())
    return sorted(
        Reading(
            event.uid.value,
            _write(event.dtstart.value),
            event.summary.value,
            event.location.value if hasattr(event, "location") else "",
        )
        for event in calendar.contents.get("vevent", [])
    )


def _write(start: date | datetime) -> str:
    return f"{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(start, datetime) else start.isoformat()


PYTHON_READERS: dict[str, Callable[[bytes], list[Reading]]] = {
    "icalendar": _read_with_icalendar,
    "ical": _read_with_ical,
    "vobject": _read_with_vobject,
}
