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

    `starts_at` and all days are wall-clock values in `timezone`; without `starts_at` sessions last all day.
    `every` is a whole number of days. `holidays` is a country code whose public holidays are skipped, or empty.
    """

    timezone: ZoneInfo
    starts_on: date | None = None
    starts_at: time | None = None
    duration: timedelta = timedelta(hours=2)
    every: timedelta = timedelta(weeks=1)
    skip: frozenset[date] = frozenset()
    holidays: str = ""
    on_skip: OnSkip = OnSkip.SHIFT
