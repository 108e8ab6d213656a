"""VTIMEZONE: what a feed says about a zone, in the few forms that every calendar program reads (RFC 5545 3.6.5)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from typing import Final

from service.feed.content import write_lines, write_moment
from service.feed.zone import Turn, read_zone

__all__ = ["render_timezone"]

_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FIRST_YEAR: Final = 1970


@cache
def render_timezone(key: str) -> bytes:
    """The VTIMEZONE of an IANA zone: one STANDARD, or STANDARD and DAYLIGHT with a yearly rule each.

    No history, no lists of dates, no comment and no odd seconds: Outlook reads nothing but this. Times that such a
    rule would tell wrongly do not rely on it, see `service.feed.zone`. Raises `ZoneInfoNotFoundError`.
    """
    rule = read_zone(key)
    observances = [_observe(turn.wall(_FIRST_YEAR), turn.before, turn.after, turn.name, turn) for turn in rule.turns]
    if not observances:
        observances = [_observe(rule.since, rule.offset, rule.offset, rule.name)]
    lines = ("BEGIN:VTIMEZONE", f"TZID:{key}", *chain.from_iterable(observances), "END:VTIMEZONE")
    return write_lines(lines)


def _observe(
    starts: datetime, before: timedelta, after: timedelta, name: str, turn: Turn | None = None
) -> Iterator[str]:
    # Ireland's law calls summer time the standard; calendar programs expect the larger offset in DAYLIGHT.
    kind = "DAYLIGHT" if after > before else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{write_moment(starts)}"
    if turn:
        yield f"RRULE:FREQ=YEARLY;BYDAY={turn.week}{_WEEKDAYS[turn.weekday]};BYMONTH={turn.month}"
    yield f"TZNAME:{name}"
    yield f"TZOFFSETFROM:{_write_offset(before)}"
    yield f"TZOFFSETTO:{_write_offset(after)}"
    yield f"END:{kind}"


def _write_offset(offset: timedelta) -> str:
    """A UTC-OFFSET value (RFC 5545 3.3.14)."""
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}{minutes % 60:02}"
