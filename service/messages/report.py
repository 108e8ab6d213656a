"""What there is to tell the organiser beside trouble: a row that is not complete, and how the last week went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.messages.programme import Programme, list_coming
from service.reminders.gap import Missing, list_gaps
from service.reminders.week import Week
from service.schedule.series import Series
from service.schedule.version import Version

__all__ = ["Entry", "Figures", "RowIncomplete", "Stale", "WeeklyReport", "make_report"]

_MOST: Final = 10
_NEAR: Final = timedelta(days=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowIncomplete:
    """A session is near, and its row lacks what the other rows have."""

    series: Series
    version: Version
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A session of some series. `missing` is what its row lacks."""

    series: Series
    version: Version
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Stale:
    """A series whose document is not what is published, `since` then (aware)."""

    series: Series
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is counted: how many people are registered, came and left in a week; what became of its mails.

    `unreached` counts those to whom a mail failed, or whose address mail no longer reaches. Somebody in two series
    counts twice.
    """

    people: int = 0
    came: int = 0
    left: int = 0
    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    expired: int = 0
    unreached: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyReport:
    """A week has begun: what is in it, what wants to be looked after, and how the last one went.

    `series` stands for the whole service. `more` counts the sessions of the week beyond `entries`.
    """

    series: Series
    week: Week
    entries: tuple[Entry, ...]
    gaps: tuple[Entry, ...]
    stale: tuple[Stale, ...]
    figures: Figures
    more: int = 0


def make_report(
    house: Series, programmes: Sequence[Programme], week: Week, figures: Figures, now: datetime
) -> WeeklyReport:
    """What to tell at `now` (aware) about a week of all series; ten of each sort at most. `house` is the whole."""
    ahead = [Entry(one.series, version) for one in programmes for version in list_coming(one.versions, now)]
    ahead = sorted((entry for entry in ahead if week.holds(entry.version.when)), key=_start)
    gaps = sorted((entry for one in programmes for entry in _find_gaps(one, now)), key=_start)
    stale = [Stale(one.series, one.stale_since) for one in programmes if one.stale_since]
    return WeeklyReport(
        series=house,
        week=week,
        entries=tuple(ahead[:_MOST]),
        more=len(ahead[_MOST:]),
        gaps=tuple(gaps[:_MOST]),
        stale=tuple(stale[:_MOST]),
        figures=figures,
    )


def _find_gaps(programme: Programme, now: datetime) -> list[Entry]:
    versions = {version.uid: version for version in programme.versions}
    near = (gap for gap in list_gaps(programme.versions) if now < gap.starts_at <= now + _NEAR)
    return [Entry(programme.series, versions[gap.session], gap.missing) for gap in near]


def _start(entry: Entry) -> datetime:
    return entry.version.when.starts
