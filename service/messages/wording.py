"""Times in words: the one place that renders a time for a reader, in their language and their time zone.

Days are told with their weekday and a spelled month, clocks with 24 hours, so that nothing can be mistaken abroad:
`Sat 27 January 2024, 21:00–23:00 (Korean Standard Time)`, `2024년 1월 27일 (토) 21:00–23:00 (대한민국 표준시)`.
An unknown language reads English. The only blank that occurs is the plain one, though CLDR has others.
"""

import re
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_timedelta, get_datetime_format, get_timezone_gmt

from service.schedule.session import When

__all__ = [
    "render_ago",
    "render_clock",
    "render_day",
    "render_hours",
    "render_moment",
    "render_until",
    "render_when",
    "render_zone",
]

# Where CLDR's own pattern is shorter or less distinct than a reader deserves.
_DAY_PATTERNS = {"en": "EEE d MMMM y", "ko": "y년 MMMM d일 (EEE)"}
_BLANKS = re.compile("[\u00a0\u2000-\u200b\u202f\u205f\u3000]")
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_BENT_DAY, _BENT_HOUR = timedelta(hours=1), timedelta(minutes=2)
# CLDR knows renamed zones by the names they had (Asia/Calcutta), as its identifiers never change.
_OLD_NAMES = {new: old for old, new in get_global("zone_aliases").items() if old in get_global("meta_zones")}


def render_when(when: When, *, timezone: str, language: str, names_zone: bool = True) -> str:
    """Day, clock and zone of a session for a reader in `timezone` (an IANA name); no zone if it is told elsewhere.

    A session that ends on another day names that day, too. A whole day is the same day everywhere: it keeps the
    schedule's own zone, and no zone is told.
    """
    day = render_day(_first_moment(when, timezone), language)
    if when.all_day:
        last = render_day(_last_moment(when, timezone), language)
        return day if day == last else f"{day} – {last}"
    told = _join(day, render_hours(when, timezone=timezone, language=language), language)
    return f"{told} ({render_zone(when.starts, timezone=timezone, language=language)})" if names_zone else told


def render_moment(moment: datetime, *, timezone: str, language: str) -> str:
    """Day, clock and zone at `moment` (aware): `Sat 27 January 2024, 21:00 (Korean Standard Time)`."""
    return render_when(When(moment, moment), timezone=timezone, language=language)


def render_hours(when: When, *, timezone: str, language: str) -> str:
    """From when to when a session lasts, by the clock of `timezone`: `21:00–23:00`. Empty for a whole day."""
    if when.all_day:
        return ""
    starts, ends = render_clock(when.starts, timezone=timezone), render_clock(when.ends, timezone=timezone)
    if when.starts == when.ends:
        return starts
    last = _last_moment(when, timezone)
    if last.date() == _first_moment(when, timezone).date():
        return f"{starts}–{ends}"
    return f"{starts} – {_join(render_day(when.ends.astimezone(ZoneInfo(timezone)), language), ends, language)}"


def render_day(day: date, language: str) -> str:
    """A day with its weekday: `Sat 27 January 2024`. Of a datetime, the day it shows in its own zone."""
    locale = _locale(language)
    pattern = _DAY_PATTERNS.get(locale.language)
    text = format_date(day, pattern, locale) if pattern else format_skeleton("yMMMEd", day, locale=locale)
    return _BLANKS.sub(" ", text)


def render_clock(moment: datetime, *, timezone: str) -> str:
    """The clock of `timezone` at `moment` (aware): `21:00`."""
    return f"{moment.astimezone(ZoneInfo(timezone)):%H:%M}"


def render_zone(moment: datetime, *, timezone: str, language: str) -> str:
    """What `timezone` is called at `moment` (aware): `Korean Standard Time`; an offset where it has no name."""
    local, locale = moment.astimezone(ZoneInfo(timezone)), _locale(language)
    modern = get_global("zone_aliases").get(timezone, timezone)
    metazone = get_global("meta_zones").get(_OLD_NAMES.get(modern, modern))
    names = dict(locale.meta_zones.get(metazone, {}).get("long", {}))
    names.update(locale.time_zones.get(modern, {}).get("long", {}))
    name = names.get("daylight" if _is_summer(local) else "standard") or get_timezone_gmt(local, locale=locale)
    return _BLANKS.sub(" ", name)


def render_until(delta: timedelta, language: str) -> str:
    """How long it is until something begins: `in 7 days`, `1시간 후`; in the largest unit of which there are two.

    One day is a day even if daylight saving time bends it, one hour an hour even if the mail leaves a little late.
    """
    unit: Literal["day", "hour", "minute"] = "minute"
    if delta >= 2 * _DAY - _BENT_DAY or abs(delta - _DAY) <= _BENT_DAY:
        unit = "day"
    elif delta >= 2 * _HOUR - _BENT_HOUR or abs(delta - _HOUR) <= _BENT_HOUR:
        unit = "hour"
    shown = max(delta, timedelta(minutes=1))
    text = format_timedelta(shown, granularity=unit, threshold=1e9, add_direction=True, locale=_locale(language))
    return _BLANKS.sub(" ", text)


def render_ago(delta: timedelta, language: str) -> str:
    """How long ago something was: `3 hours ago`, `2일 전`; in whole units, the largest that fits."""
    shown = max(delta, timedelta(minutes=1))
    unit: Literal["day", "hour", "minute"] = "day" if shown >= 2 * _DAY else "hour" if shown >= 2 * _HOUR else "minute"
    whole = {"day": _DAY, "hour": _HOUR, "minute": timedelta(minutes=1)}[unit]
    text = format_timedelta(
        -(shown // whole) * whole, granularity=unit, threshold=1e9, add_direction=True, locale=_locale(language)
    )
    return _BLANKS.sub(" ", text)


def _is_summer(local: datetime) -> bool:
    """Whether a clock is ahead of its zone's other half-year. (`dst()` differs between editions of the zone data.)"""
    halves = (local.replace(month=month, day=1).utcoffset() for month in (1, 7))
    return local.utcoffset() != min(offset for offset in halves if offset is not None)


def _first_moment(when: When, timezone: str) -> datetime:
    return when.starts if when.all_day else when.starts.astimezone(ZoneInfo(timezone))


def _last_moment(when: When, timezone: str) -> datetime:
    """The last moment of a session; `ends` itself, being exclusive, may lie on the next day."""
    last = when.ends if when.all_day else when.ends.astimezone(ZoneInfo(timezone))
    return max(last - timedelta(microseconds=1), _first_moment(when, timezone))


def _join(day: str, clock: str, language: str) -> str:
    pattern = str(get_datetime_format(locale=_locale(language))).replace("'", "")
    return pattern.replace("{1}", day).replace("{0}", clock)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
