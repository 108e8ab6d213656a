"""A zone as calendars can be told of it: one offset, or two and the rule by which the clocks change every year.

Calendar programs understand no more than that. It is what a zone does once the exceptions of its past and near future
are over; an instant that the rule would misread is written in UTC instead (`tell_time`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["Turn", "ZoneRule", "read_zone", "tell_time"]

_SECOND: Final = timedelta(seconds=1)
_WEEK: Final = timedelta(weeks=1)
_SETTLED: Final = range(2101, 2129)
"""The calendar repeats after these 28 years, and no zone has an exception left in them."""
_PAST: Final = range(1970, 2000)


@dataclass(frozen=True, slots=True)
class Turn:
    """A yearly change of the clocks: on the `week`th `weekday` (Monday is 0) of a month, -1 meaning the last.

    `at` is the wall-clock time under the offset `before` (RFC 5545 3.6.5); offsets are east of UTC.
    """

    month: int
    week: int
    weekday: int
    at: time
    before: timedelta
    after: timedelta
    name: str

    def wall(self, year: int) -> datetime:
        """The wall-clock time of the change in that year, naive, under the offset `before`."""
        month = date(year, self.month, 1)
        if self.week > 0:
            day = month + timedelta(days=(self.weekday - month.weekday()) % 7) + (self.week - 1) * _WEEK
        else:
            last = date(year + self.month // 12, self.month % 12 + 1, 1) - timedelta(days=1)
            day = last - timedelta(days=(last.weekday() - self.weekday) % 7)
        return datetime.combine(day, self.at)

    def instant(self, year: int) -> datetime:
        """The instant of the change in that year (UTC)."""
        return (self.wall(year) - self.before).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """What a calendar is told of the IANA zone `key`: its turns, or one `offset` called `name`.

    `since` is the naive wall-clock time of the last change in the twentieth century (from 1970).
    """

    key: str
    name: str
    offset: timedelta
    since: datetime
    turns: tuple[Turn, ...] = ()

    def offset_at(self, instant: datetime) -> timedelta:
        """The offset in force at an aware instant."""
        if not self.turns:
            return self.offset
        years = (instant.year - 1, instant.year)
        past = [(turn.instant(year), turn.after) for turn in self.turns for year in years]
        return max((change for change in past if change[0] <= instant), default=(instant, self.offset))[1]

    def readings(self, wall: datetime) -> set[datetime]:
        """The instants that a naive wall-clock time can mean: none in a gap, two when the clocks go back."""
        offsets = {self.offset, *(turn.after for turn in self.turns)}
        instants = {offset: (wall - offset).replace(tzinfo=UTC) for offset in offsets}
        return {instant for offset, instant in instants.items() if self.offset_at(instant) == offset}


@cache
def read_zone(key: str) -> ZoneRule:
    """The rule of an IANA zone. Raises `ZoneInfoNotFoundError` for an unknown one."""
    zone = ZoneInfo(key)
    settled = datetime(_SETTLED.start, 1, 1, tzinfo=UTC).astimezone(zone)
    offset = settled.utcoffset() or timedelta()
    directions: dict[bool, list[datetime]] = {}
    for change in _changes(zone, _SETTLED):
        directions.setdefault(_offset(zone, change) > _offset(zone, change - _SECOND), []).append(change)
    since = max(_changes(zone, _PAST), default=None)
    return ZoneRule(
        key=key,
        name=settled.tzname() or key,
        offset=offset,
        since=_wall(zone, since) if since else datetime(_PAST.start, 1, 1),  # noqa: DTZ001 (a wall-clock time)
        turns=tuple(_turn(zone, changes) for _, changes in sorted(directions.items())),
    )


def tell_time(moment: datetime) -> datetime:
    """The instant of an aware `moment` in the form that every calendar program reads rightly.

    That is its wall-clock time in its own zone, or UTC if the zone has no IANA name, if its clocks show UTC all year,
    if its rule does not hold at that time, or if the clocks strike that hour twice.
    """
    instant = moment.astimezone(UTC)
    zone = moment.tzinfo
    if not isinstance(zone, ZoneInfo) or not zone.key:
        return instant
    local = instant.astimezone(zone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    rule = read_zone(zone.key)
    is_utc = not rule.turns and not rule.offset
    return instant if is_utc or twice or rule.readings(local.replace(tzinfo=None)) != {instant} else local


def _turn(zone: ZoneInfo, changes: Sequence[datetime]) -> Turn:
    """The yearly rule that explains most of these changes, which all go in one direction."""
    patterns = Counter(pattern for change in changes for pattern in _patterns(_wall(zone, change)))
    (month, week, weekday, at), _ = patterns.most_common(1)[0]
    local = changes[0].astimezone(zone)
    before, after = _offset(zone, changes[0] - _SECOND), _offset(zone, changes[0])
    return Turn(month, week, weekday, at, before, after, local.tzname() or zone.key)


def _patterns(wall: datetime) -> Iterator[tuple[int, int, int, time]]:
    """The ways to name this day of its month: counted from the start, and from the end if it is in the last week."""
    week = (wall.day - 1) // 7 + 1
    if (wall + _WEEK).month != wall.month:
        yield wall.month, -1, wall.weekday(), wall.time()
    if week < 5:
        yield wall.month, week, wall.weekday(), wall.time()


def _changes(zone: ZoneInfo, years: range) -> Iterator[datetime]:
    """The instants at which the zone's clocks change; at most one in a month."""
    months = [datetime(year, month, 1, tzinfo=UTC) for year in years for month in range(1, 13)]
    offsets = [_offset(zone, month) for month in months]
    for (early, before), (late, after) in pairwise(zip(months, offsets, strict=True)):
        if before != after:
            yield _first_with(zone, after, early, late)


def _first_with(zone: ZoneInfo, offset: timedelta, early: datetime, late: datetime) -> datetime:
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        early, late = (early, middle) if _offset(zone, middle) == offset else (middle, late)
    return late


def _wall(zone: ZoneInfo, change: datetime) -> datetime:
    """The naive wall-clock time at which the clocks were changed, by the clocks before the change."""
    return (change + _offset(zone, change - _SECOND)).replace(tzinfo=None)


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
