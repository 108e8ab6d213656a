"""A style: how one reader wants events to be told, whichever they are."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self

__all__ = ["PLAIN", "Alarm", "Style"]

_FORM: Final = re.compile(r"(?P<amount>\d{1,3})(?P<unit>[wdhm])", re.ASCII)
_UNITS: Final = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_WRITTEN: Final = ("d", "h", "m")
_EARLIEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, order=True)
class Alarm:
    """An alarm that the calendar itself gives, `lead` before the start: a whole number of minutes, at most a year."""

    lead: timedelta

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1w`, `2d`, `1h` or `30m`. Raises `ValueError` with what to write instead."""
        found = _FORM.fullmatch(text.strip())
        lead = int(found["amount"]) * _UNITS[found["unit"]] if found else timedelta()
        if not timedelta() < lead <= _EARLIEST:
            raise ValueError(f'"{text}" is no time before a session: write days, hours or minutes, like 1d, 2h, 30m')
        return cls(lead)

    @property
    def minutes(self) -> int:
        """The lead in minutes."""
        return self.lead // timedelta(minutes=1)

    def __str__(self) -> str:
        unit = next(unit for unit in _WRITTEN if self.lead % _UNITS[unit] == timedelta())
        return f"{self.lead // _UNITS[unit]}{unit}"


@dataclass(frozen=True, slots=True)
class Style:
    """How events are told.

    `alarms` are given before sessions that take place. `marks` says whether the title of a cancelled session tells
    so, because some programs show its STATUS nowhere. `language` is that of the calendar's own words; empty for the
    series' language.
    """

    alarms: tuple[Alarm, ...] = ()
    marks: bool = True
    language: str = ""


PLAIN: Final = Style()
"""The style of a feed of which nothing else was asked."""
