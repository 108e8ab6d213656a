"""An entry: what one row, bullet or heading of a document says by itself, before dates are given to it."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from service.schedule.diagnostic import Diagnostic
from service.schedule.session import Link, Status

__all__ = ["Document", "Entry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row's meaning. What it does not say is None or empty; `line` and `column` count from 1.

    `day` is complete (its year is known), `begins` and `ends` are wall-clock times in `zone`, or in the schedule's
    zone if the row names none. `lasts_days` is more than 1 for a row that covers several days. `day_open` tells that
    the row has a date which says no day: "TBA", or one whose year nobody knows.
    """

    line: int
    column: int
    title: str
    number: str = ""
    type: str = ""
    speakers: tuple[str, ...] = ()
    affiliation: str = ""
    place: str = ""
    links: tuple[Link, ...] = ()
    note: str = ""
    status: Status = Status.CONFIRMED
    day: date | None = None
    day_open: bool = False
    begins: time | None = None
    ends: time | None = None
    lasts_days: int = 1
    duration: timedelta | None = None
    zone: ZoneInfo | None = None
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A schedule document as read: its title, language ("ko", "en", "ja", "zh"; empty if unsure), zone and entries.

    `begins` is the first day that its headings or running text name; it starts the cadence of undated entries.
    """

    title: str
    language: str
    timezone: str
    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    begins: date | None = None
