"""The cadence: the rule that gives dates to sessions that carry none."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

__all__ = ["Cadence", "OnSkip"]


class OnSkip(StrEnum):
    """What a skipped day does: the rest moves on (`SHIFT`), or that session falls out (`DROP`)."""

    SHIFT = "shift"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """When a series meets, as its settings say it.

    `starts_at` and all days are wall-clock values in `timezone`; without `starts_at` sessions last all day. `every` is
    a whole number of days, or the weekdays of several sessions a week (0 is Monday). `holidays` is a country code whose
    public holidays are skipped, or empty.
    """

    timezone: ZoneInfo
    starts_on: date | None = None
    starts_at: time | None = None
    duration: timedelta = timedelta(hours=2)
    every: timedelta | frozenset[int] = timedelta(weeks=1)
    skip: frozenset[date] = frozenset()
    holidays: str = ""
    on_skip: OnSkip = OnSkip.SHIFT

    def follow(self, day: date) -> date:
        """The day after `day` on which the next session falls, skipped or not."""
        if isinstance(self.every, timedelta):
            return day + self.every
        return min(day + timedelta(days=1 + (weekday - day.weekday() - 1) % 7) for weekday in self.every)
