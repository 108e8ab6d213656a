"""A calendar: the feed of a series, joined from its sessions' events (VCALENDAR, RFC 5545 3.4, RFC 7986 5)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar

from service.feed.content import Text, plain_line, plain_name
from service.feed.event import is_called_off
from service.feed.selection import EVERYTHING, Selection
from service.feed.timezone import render_timezone
from service.feed.words import choose_words
from service.schedule.series import Series
from service.schedule.version import Version

__all__ = ["FAREWELL", "PRODUCT", "leaves_at", "list_zones", "listed", "render_calendar"]

FAREWELL: Final = timedelta(days=14)
"""How long after its start a session that was called off stays in the feed, so that every calendar hears of it."""

PRODUCT: Final = "-//studybell//studybell//EN"
"""Who wrote a calendar (RFC 5545 3.7.3). Some programs remember it, so it never changes."""

_REFRESH: Final = timedelta(hours=1)
_END: Final = b"END:VCALENDAR\r\n"


def leaves_at(version: Version) -> datetime | None:
    """The instant at which a called-off session leaves the feed; None for one that takes place and so stays for good.

    The feed is the whole set: calendars delete what it no longer names, and people look up what was held.
    """
    when = version.session.when
    return when.starts + FAREWELL if when and is_called_off(version) else None


def listed(versions: Iterable[Version], now: datetime) -> tuple[Version, ...]:
    """The versions that a feed shows at `now`, in their order: every dated session that has not left."""
    return tuple(
        version
        for version in versions
        if version.session.meets and ((leaving := leaves_at(version)) is None or now < leaving)
    )


def render_calendar(
    series: Series, events: Sequence[bytes], versions: Sequence[Version], selection: Selection = EVERYTHING
) -> bytes:
    """One VCALENDAR from the rendered `events` of these `versions`, in their order.

    The calendar of a `selection` is called after it. It has its series' VTIMEZONE even without events: an empty
    calendar is not valid (RFC 5545 3.6). It has no UID (RFC 7986 5.3 allows one): programs that take the first UID for
    an event's, like vdirsyncer, would see one session instead of all.
    """
    lines = [_describe(series, selection)]
    if versions:
        modified = max(series.modified, *(version.modified for version in versions)).astimezone(UTC)
        lines.append(f"LAST-MODIFIED:{modified:%Y%m%dT%H%M%SZ}\r\n".encode())
    lines += [render_timezone(key) for key in sorted({series.timezone, *list_zones(versions)})]
    return b"".join((*lines, *events, _END))


@lru_cache(maxsize=1024)
def _describe(series: Series, selection: Selection) -> bytes:
    """The calendar's own lines, which no session changes."""
    name = plain_name(" · ".join((series.title, *selection.speakers, *selection.types)))
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCT)
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("NAME", name)
    calendar.add("X-WR-CALNAME", name)
    if series.url:
        about = plain_line(f"{choose_words(selection.language or series.language).page}: {series.url}")
        calendar.add("URL", series.url)
        calendar.add("DESCRIPTION", about)
        calendar.add("X-WR-CALDESC", about)
    calendar.add("X-WR-TIMEZONE", Text(series.timezone))
    calendar.add("REFRESH-INTERVAL", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", Text("PT1H"))
    return bytes(calendar.to_ical()).removesuffix(_END)


def list_zones(versions: Iterable[Version]) -> set[str]:
    """The IANA names of the zones in which these versions tell their times."""
    zones = {version.session.when.starts.tzinfo for version in versions if version.session.when}
    return {zone.key for zone in zones if isinstance(zone, ZoneInfo)}
