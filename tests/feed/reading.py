"""What a calendar program reads from a feed, and the programs in Python that read it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import vobject
from ical.calendar_stream import IcsCalendarStream

from service.feed.words import choose_words
from service.schedule.series import Series
from service.schedule.session import Status
from service.schedule.text import mask_addresses
from service.schedule.version import Version

__all__ = ["PYTHON_READERS", "Reading", "as_khal_reads", "as_node_ical_reads", "expect"]


@dataclass(frozen=True, slots=True, order=True)
class Reading:
    """One event as read: `start` and `end` are instants in UTC or days, in ISO 8601; the end is exclusive."""

    uid: str
    start: str
    end: str
    title: str
    place: str
    status: str


def expect(series: Series, versions: Sequence[Version]) -> list[Reading]:
    """What every program should read; titles and places of the versions are clean lines."""
    return sorted(_expect_one(series, version) for version in versions)


def _expect_one(series: Series, version: Version) -> Reading:
    session, when = version.session, version.when
    starts, ends = (when.starts.date(), when.ends.date()) if when.all_day else (when.starts, when.ends)
    cancelled = version.withdrawn or session.status is Status.CANCELLED
    title = mask_addresses(session.title or session.type or series.title)
    return Reading(
        uid=version.uid,
        start=_write(starts),
        end=_write(ends),
        title=f"{choose_words(series.language).cancelled} {title}" if cancelled else title,
        place=mask_addresses(session.place) or series.location or series.join_url,
        status="CANCELLED" if cancelled else session.status.upper(),
    )


def as_khal_reads(reading: Reading) -> Reading:
    """It gives an hour to what has no length."""
    if reading.end != reading.start:
        return reading
    return replace(reading, end=f"{datetime.fromisoformat(reading.start) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}")


def as_node_ical_reads(reading: Reading) -> Reading:
    r"""It unescapes in several passes, so that it sees a line break in `C:\New`, and takes outer quotes away."""
    return replace(reading, title=_unescape(reading.title), place=_unescape(reading.place))


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _unescape(text: str) -> str:
    value = _escape(text).replace("\\,", ",").replace("\\;", ";")
    return re.sub(r'^"(.*)"$', r"\1", re.sub(r"\\[nN]", "\n", value).replace("\\\\", "\\"))


def _read_with_icalendar(feed: bytes) -> list[Reading]:
    calendar: Any = icalendar.Calendar.from_ical(feed)
    assert not any(component.errors for component in calendar.walk())
    return sorted(
        Reading(
            str(event["UID"]),
            _write(event["DTSTART"].dt),
            _write(event.end),
            str(event["SUMMARY"]),
            str(event.get("LOCATION", "")),
            str(event["STATUS"]),
        )
        for event in calendar.walk("VEVENT")
    )


def _read_with_ical(feed: bytes) -> list[Reading]:
    calendar = IcsCalendarStream.calendar_from_ics(feed.decode())
    return sorted(
        Reading(
            event.uid or "",
            _write(event.start),
            _write(event.end),
            event.summary or "",
            event.location or "",
            event.status.value if event.status else "",
        )
        for event in calendar.events
    )


def _read_with_vobject(feed: bytes) -> list[Reading]:
    calendar = vobject.readOne(feed.decode())
    return sorted(
        Reading(
            event.uid.value,
            _write(event.dtstart.value),
            _write(event.dtend.value if hasattr(event, "dtend") else event.dtstart.value),
            event.summary.value,
            event.location.value if hasattr(event, "location") else "",
            event.status.value,
        )
        for event in calendar.contents.get("vevent", [])
    )


def _write(moment: date | datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(moment, datetime) else moment.isoformat()


PYTHON_READERS: dict[str, Callable[[bytes], list[Reading]]] = {
    "icalendar": _read_with_icalendar,
    "ical": _read_with_ical,
    "vobject": _read_with_vobject,
}
