"""A calendar: the feed of a series, joined from its sessions' events (VCALENDAR, RFC 5545 3.4, RFC 7986 5)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from service.feed.content import plain_line, plain_name, write_lines, write_moment
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

_REFRESH: Final = "PT1H"
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
        lines.append(f"LAST-MODIFIED:{write_moment(modified)}Z\r\n".encode())
    lines += [render_timezone(key) for key in sorted({series.timezone, *list_zones(versions)})]
    return b"".join((*lines, *events, _END))


@lru_cache(maxsize=1024)
def _describe(series: Series, selection: Selection) -> bytes:
    """The calendar's own lines, which no session changes."""
    name = plain_name(" · ".join((series.title, *selection.speakers, *selection.types)))
    words = choose_words(selection.language or series.language)
    about = plain_line(f"{words.page}: {series.url}") if series.url else ""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        *((f"DESCRIPTION:{about}", f"X-WR-CALDESC:{about}") if about else ()),
        f"NAME:{name}",
        f"X-WR-CALNAME:{name}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
        *((f"URL:{series.url}",) if about else ()),
        f"X-PUBLISHED-TTL:{_REFRESH}",
        f"X-WR-TIMEZONE:{plain_line(series.timezone)}",
    )
    return write_lines(lines)


def list_zones(versions: Iterable[Version]) -> set[str]:
    """The IANA names of the zones in which these versions tell their times."""
    zones = {version.session.when.starts.tzinfo for version in versions if version.session.when}
    return {zone.key for zone in zones if isinstance(zone, ZoneInfo)}
