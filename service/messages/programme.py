"""What there is to tell somebody about the sessions to come: once when they have registered, or every week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.reminders.occasion import takes_place
from service.reminders.rule import Rule
from service.reminders.week import Week, list_sessions
from service.schedule.series import Series
from service.schedule.version import Version

__all__ = ["Digest", "Programme", "Welcome", "list_coming", "make_digest", "make_welcome"]

_MOST_AT_FIRST: Final = 10
_MOST_OF_A_WEEK: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A series as it is published: its sessions, and the `rules` by which people are reminded of them.

    Since `stale_since` (aware), if that is known, its document is not what is published.
    """

    series: Series
    versions: tuple[Version, ...]
    rules: tuple[Rule, ...]
    stale_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """Somebody has just confirmed: what is ahead, by which `rules` they are reminded, and where the feed is.

    `versions` are the next sessions, `more` counts those after them.
    """

    series: Series
    versions: tuple[Version, ...]
    rules: tuple[Rule, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A week is about to begin: `versions` are its sessions, called off or not, and those that moved out of it.

    `more` counts those that are left out because they are too many.
    """

    series: Series
    week: Week
    versions: tuple[Version, ...]
    more: int = 0


def make_welcome(programme: Programme, now: datetime) -> Welcome:
    """What to tell somebody who registers at `now` (aware)."""
    coming = list_coming(programme.versions, now)
    return Welcome(
        series=programme.series,
        versions=coming[:_MOST_AT_FIRST],
        rules=programme.rules,
        more=len(coming[_MOST_AT_FIRST:]),
    )


def make_digest(programme: Programme, week: Week) -> Digest:
    """What to tell of this week."""
    found = list_sessions(programme.versions, week)
    return Digest(
        series=programme.series, week=week, versions=found[:_MOST_OF_A_WEEK], more=len(found[_MOST_OF_A_WEEK:])
    )


def list_coming(versions: Iterable[Version], now: datetime) -> tuple[Version, ...]:
    """The sessions that take place and begin after `now`, the next one first."""
    coming = (version for version in versions if takes_place(version) and version.when.starts > now)
    return tuple(sorted(coming, key=lambda version: version.when.starts))
