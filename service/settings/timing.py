"""Reading one value that speaks of time: days, hours, spans, zones, lead times. As `reader`, for texts, too."""

import re
from datetime import date, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.reminders.rule import Rule, parse_rules
from service.settings.reader import read_words

__all__ = [
    "read_beat",
    "read_country",
    "read_day",
    "read_days",
    "read_rules",
    "read_span",
    "read_time",
    "read_zone",
]

_LONGEST_PAUSE: Final = timedelta(days=366)
_WEEKDAYS: Final = {name: day for day, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_SPAN: Final = re.compile(r"(?:(\d+)w)? *(?:(\d+)d)? *(?:(\d+)h)? *(?:(\d+)m)?")


def read_zone(value: Any) -> ZoneInfo:
    """An IANA time zone."""
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('write a time zone of the IANA list, like "Asia/Seoul" or "Europe/Berlin"') from None


def read_country(value: Any) -> str:
    """A country code whose public holidays are known, or empty."""
    code = str(value).upper()
    if not code:
        return code
    import holidays  # takes a twentieth of a second, and most series have no use for it

    if code not in holidays.list_supported_countries():
        raise ValueError('write a country code, like "KR" or "DE", or leave it empty')
    return code


def read_day(value: Any) -> date:
    """A calendar day."""
    try:
        return value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("write a day as year-month-day, like 2026-03-02") from None


def read_days(value: Any) -> frozenset[date]:
    """Several calendar days; a pause is written as its first and last day, `2026-12-21..2027-01-08`."""
    return frozenset(day for word in read_words(value) for day in _read_pause(word))


def read_time(value: Any) -> time:
    """A wall-clock time."""
    try:
        return value if isinstance(value, time) else time.fromisoformat(str(value))
    except ValueError:
        raise ValueError('write a time of day, like "21:00"') from None


def read_span(value: Any) -> timedelta:
    """A duration such as `2h` or `1h 30m`."""
    found = _SPAN.fullmatch(str(value).strip())
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    if not span:
        raise ValueError('write a duration, like "2h", "90m", "1h 30m" or "1w"')
    return span


def read_beat(value: Any) -> timedelta | frozenset[int]:
    """How often sessions are: whole days such as `1w`, or weekdays such as `tue thu` (0 is Monday)."""
    days = [_WEEKDAYS.get(str(word).lower()[:3]) for word in read_words(value)]
    if days and None not in days:
        return frozenset(day for day in days if day is not None)
    try:
        span = read_span(value)
    except ValueError:
        span = timedelta(minutes=1)
    if span % timedelta(days=1):
        raise ValueError('write whole days or weeks, like "1w", "2w" or "3d", or weekdays, like "tue thu"')
    return span


def _read_pause(value: Any) -> list[date]:
    first, dots, last = str(value).partition("..")
    begins = read_day(value if not dots else first)
    ends = read_day(last) if dots else begins
    if not timedelta(0) <= ends - begins <= _LONGEST_PAUSE:
        raise ValueError("write a pause as its first and last day, at most a year apart: 2026-12-21..2027-01-08")
    return [begins + timedelta(days=day) for day in range((ends - begins).days + 1)]


def read_rules(value: Any) -> tuple[Rule, ...]:
    """Lead times of reminders; an empty list for none."""
    return parse_rules(" ".join(map(str, read_words(value))))
