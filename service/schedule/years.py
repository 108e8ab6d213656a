"""Which day a written date means: the order of its numbers and the year that it leaves out, told by its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from service.schedule.dates import Order, Reading, WrittenDate

__all__ = ["Placed", "settle_dates"]

_BACKWARDS = 90
"""How many days a list may step against its own direction before that means another year."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A written date with the year that stands above it in the document, if one does."""

    written: WrittenDate
    year_above: int | None = None


def settle_dates(blocks: Sequence[Sequence[Placed]], years: Sequence[int]) -> list[list[date | None]]:
    """The days that the dates of every block mean; None where the year stays unknown.

    Within a block the dates keep one direction. `years` are the years that may be meant, the likeliest first: the
    year of the earliest date; another than the first is taken only if the days of the week fit it better.
    """
    order = _choose_order([placed.written for block in blocks for placed in block])
    before: date | None = None
    settled: list[list[date | None]] = []
    for block in blocks:
        readings = [_pick(placed.written, order) for placed in block]
        days = _settle_block(block, readings, years, before)
        settled.append(days)
        before = next((day for day in reversed(days) if day), before)
    return settled


def _pick(written: WrittenDate, order: Order | None) -> Reading:
    return next((reading for reading in written.readings if reading.order is order), written.readings[0])


def _choose_order(dates: Sequence[WrittenDate]) -> Order | None:
    """The order of numbers that reads the most dates; then the one that fits the weekdays and makes a smooth list."""
    doubtful = [written for written in dates if len(written.readings) > 1]
    numeric = [written for written in dates if len(written.readings) > 1 or written.readings[0].order is not Order.YMD]
    if not doubtful:
        return None

    def merit(order: Order) -> tuple[int, int, int, int]:
        read = [reading for written in numeric for reading in written.readings if reading.order is order]
        fitting = sum(_fits(written, _pick(written, order)) for written in numeric)
        days = [date(reading.year or 2000, reading.month, reading.day).toordinal() for reading in read]
        roughness = sum(abs(later - earlier) for earlier, later in pairwise(days))
        first = sum(written.readings[0].order is order for written in doubtful)
        return len(read), fitting, -roughness if len(days) > 1 else 0, first

    return max(Order, key=merit)


def _fits(written: WrittenDate, reading: Reading) -> bool:
    return (
        written.weekday is not None
        and reading.year is not None
        and date(reading.year, reading.month, reading.day).weekday() == written.weekday
    )


def _settle_block(
    block: Sequence[Placed], readings: Sequence[Reading], years: Sequence[int], before: date | None
) -> list[date | None]:
    if not block:
        return []
    falling = _is_falling(readings)
    fixed = [_fixed(block, readings, index) for index in range(len(block))]
    anchor = next((index for index, day in enumerate(fixed) if day), None)
    if anchor is not None:
        return _spread(readings, fixed, anchor, falling)
    if before is not None:
        fixed[0] = _nearest(readings[0], before)
        return _spread(readings, fixed, 0, falling)
    start = len(block) - 1 if falling else 0
    attempts = []
    for year in years:
        trial = list(fixed)
        trial[start] = _day(readings[start], year)
        attempts.append(_spread(readings, trial, start, falling))
    if not attempts:
        return fixed
    return max(
        attempts, key=lambda days: sum(_on_weekday(placed, day) for placed, day in zip(block, days, strict=True))
    )


def _fixed(block: Sequence[Placed], readings: Sequence[Reading], index: int) -> date | None:
    """What needs no neighbour: a date with its year, or the first one below a year."""
    above = block[index].year_above
    if above and index and block[index - 1].year_above == above:
        above = None
    year = readings[index].year or above
    return _day(readings[index], year) if year else None


def _on_weekday(placed: Placed, day: date | None) -> bool:
    return day is not None and placed.written.weekday == day.weekday()


def _day(reading: Reading, year: int) -> date | None:
    try:
        return date(year, reading.month, reading.day)
    except ValueError:
        return None


def _is_falling(readings: Sequence[Reading]) -> bool:
    """Whether the list stands newest first; a step of more than half a year is taken for one round the other way."""
    steps = 0
    for earlier, later in pairwise(readings):
        if earlier.year and later.year and earlier.year != later.year:
            steps += 1 if later.year > earlier.year else -1
        elif ahead := _span((earlier, later)):
            steps += 1 if ahead < 183 else -1
    return steps < 0 if steps else _span(readings[::-1]) < _span(readings)


def _span(readings: Sequence[Reading]) -> int:
    """How many days a list covers that never goes back in time."""
    days = [date(2000, reading.month, reading.day).toordinal() for reading in readings]
    return sum((later - earlier) % 366 for earlier, later in pairwise(days))


def _nearest(reading: Reading, other: date) -> date | None:
    days = [day for year in (other.year - 1, other.year, other.year + 1) if (day := _day(reading, year))]
    return min(days, key=lambda day: abs((day - other).days), default=None)


def _spread(readings: Sequence[Reading], fixed: Sequence[date | None], anchor: int, falling: bool) -> list[date | None]:
    """The days of a block, going from the anchor down to its end and up to its beginning."""
    days = list(fixed)
    for index in range(anchor + 1, len(days)):
        days[index] = days[index] or _step(days[index - 1], readings[index], rising=not falling)
    for index in range(anchor - 1, -1, -1):
        days[index] = days[index] or _step(days[index + 1], readings[index], rising=falling)
    return days


def _step(neighbour: date | None, reading: Reading, *, rising: bool) -> date | None:
    if neighbour is None:
        return None
    low, high = (-_BACKWARDS, 365 - _BACKWARDS) if rising else (_BACKWARDS - 365, _BACKWARDS)
    for year in (neighbour.year, neighbour.year + 1, neighbour.year - 1):
        day = _day(reading, year)
        if day and low <= (day - neighbour).days <= high:
            return day
    return _nearest(reading, neighbour)
