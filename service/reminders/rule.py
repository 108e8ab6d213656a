"""A rule: how long before a session a reminder is due."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

__all__ = ["Rule", "parse_rules"]

_FORM: Final = re.compile(
    r"(?P<amount>\d{1,3})(?P<unit>[wdhm])(?:(?<=[wd])@(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d))?", re.ASCII
)
_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A lead time such as `7d` or `1h`: weeks and days on the reader's wall clock, hours and minutes exact.

    `at` (whole minutes, only with weeks and days) is the time of day of the reminder, in the reader's zone; without it
    that is the time of day at which the session starts.
    """

    amount: int
    unit: str
    at: time | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2w`, `7d`, `1d@20:00`, `1h` or `30m`. Raises `ValueError` with what to write instead."""
        found = _FORM.fullmatch(text.strip())
        if not found or not int(found["amount"]):
            raise ValueError(
                f'"{text}" is not a lead time: write weeks, days, hours or minutes, like 2w, 7d, 1h, 30m,'
                " weeks and days also with a time of day, like 1d@20:00"
            )
        at = time(int(found["hour"]), int(found["minute"])) if found["hour"] else None
        return cls(int(found["amount"]), found["unit"], at)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}" + (f"@{self.at:%H:%M}" if self.at else "")

    @property
    def lead(self) -> timedelta:
        """The lead time as a duration, a day counting 24 hours; a time of day may make it less or more by one."""
        return timedelta(**{_UNITS[self.unit]: self.amount})

    def due(self, start: datetime, zone: ZoneInfo) -> datetime:
        """The instant (UTC) this rule falls due for a session that starts at `start`, for a reader in `zone`.

        One day before 18:00 is 18:00 the day before, even if the clocks changed that night. A wall time that the
        change skips or repeats is read as RFC 5545 3.3.5 has it.
        """
        if self.unit in "wd":
            local = start.astimezone(zone) - self.lead
            told = local if self.at is None else datetime.combine(local, self.at, zone)
            return told.replace(fold=0).astimezone(UTC)
        return start.astimezone(UTC) - self.lead


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Read lead times separated by blanks or commas, each once, the earliest reminder first. Raises `ValueError`.

    Of those as many days before, the one without a time of day comes first.
    """
    rules = {Rule.parse(word) for word in re.split(r"[\s,]+", text.strip()) if word}
    return tuple(sorted(rules, key=_place))


def _place(rule: Rule) -> tuple[timedelta, bool, time, str]:
    return -rule.lead, rule.at is not None, rule.at or time.min, rule.unit
