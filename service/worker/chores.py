"""Chores: mails beside reminders that a series owes when their time has come."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Generic, Protocol, TypeVar

from sqlalchemy import Connection

from service.reminders.gap import Gap, list_gaps
from service.reminders.week import Week, list_weeks
from service.schedule.version import Version
from service.store.database import Database, DatabaseTrouble
from service.store.digests import count_digests, owe_digest
from service.store.participants import count_choices
from service.store.reporting import owe_gap

__all__ = ["Chore", "mind_gaps", "write_digests"]

_log: Final = logging.getLogger(__name__)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)

Zones = tuple[tuple[str, int], ...]
"""Time zones, each with a number that changes when the people do who live by it."""


class Due(Protocol):
    """Something that is owed from an instant on, until it is of no more use."""

    @property
    def due_at(self) -> datetime:
        """The instant."""

    def is_due(self, now: datetime) -> bool:
        """Whether it is owed at `now`."""


Owed = TypeVar("Owed", bound=Due)


@dataclass(frozen=True, slots=True)
class _Entered:
    """What is in the ledger: everything that was due of these versions for these people, from `seen` to `until`."""

    versions: Iterable[Version]
    zones: Zones
    seen: datetime
    until: datetime

    def still_holds(self, versions: Iterable[Version], zones: Zones, now: datetime) -> bool:
        """Whether nothing has changed, time included."""
        return versions is self.versions and zones == self.zones and self.seen <= now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Generic[Owed]):
    """What is to be done: `foresee` lists all of it, past and future, `owe` enters one of it into the ledger.

    `count` tells for which series it is to be done, and for people in which zones.
    """

    name: str
    count: Callable[[Connection], Mapping[str, Zones]]
    foresee: Callable[[Iterable[Version], Zones], Iterable[Owed]]
    owe: Callable[[Connection, str, Owed, datetime], int]


class Chore(Generic[Owed]):
    """Does a task for every series. `versions` gives a series' sessions as they are published now: the same object as
    long as they are the same.

    It may be asked at any time, and anywhere: the ledger takes each mail once. A series for which there is nothing to
    do costs nothing.
    """

    def __init__(
        self,
        database: Database,
        slugs: Sequence[str],
        versions: Callable[[str], Iterable[Version]],
        task: Task[Owed],
    ) -> None:
        self._database = database
        self._slugs = slugs
        self._versions = versions
        self._task = task
        self._entered: dict[str, _Entered] = {}
        self._zones: Mapping[str, Zones] = {}
        self._choices: int | None = None

    async def plan(self, now: datetime) -> int:
        """Owe everything that is due at `now`; how much of it is new. Raises `DatabaseTrouble`."""
        choices = await self._database.read(count_choices)
        if choices != self._choices:
            self._zones = await self._database.read(self._task.count)
            self._choices = choices
        owed = 0
        for slug in self._slugs:
            if (zones := self._zones.get(slug)) is not None:
                try:
                    owed += await self._plan_series(slug, zones, now)
                except DatabaseTrouble:
                    raise
                except Exception:  # one series that cannot be planned must not silence the others
                    _log.exception("%s series=%s", self._task.name, slug)
        return owed

    def next_turn(self, now: datetime) -> datetime | None:
        """The next instant after `now` at which something falls due, as far as the last `plan` knew."""
        return min((one.until for one in self._entered.values() if now < one.until < _NEVER), default=None)

    async def _plan_series(self, slug: str, zones: Zones, now: datetime) -> int:
        entered, versions = self._entered.get(slug), self._versions(slug)
        if entered and entered.still_holds(versions, zones, now):
            return 0
        foreseen = list(self._task.foresee(versions, zones))
        due = [one for one in foreseen if one.is_due(now)]
        await asyncio.sleep(0)  # a whole season takes some milliseconds, and there may be a thousand of them

        def enter(connection: Connection) -> int:
            return sum(self._task.owe(connection, slug, one, now) for one in due)

        owed = await self._database.write(enter) if due else 0
        turns = (one.due_at for one in foreseen if one.due_at > now)
        self._entered[slug] = _Entered(versions, zones, now, min(turns, default=_NEVER))
        return owed


def write_digests(
    database: Database, slugs: Sequence[str], versions: Callable[[str], Iterable[Version]]
) -> Chore[Week]:
    """Owes those who want one a digest of every week."""
    task = Task(
        name="digest",
        count=count_digests,
        foresee=lambda versions, zones: list_weeks(versions, [zone for zone, _ in zones]),
        owe=owe_digest,
    )
    return Chore(database, slugs, versions, task)


def mind_gaps(database: Database, slugs: Sequence[str], versions: Callable[[str], Iterable[Version]]) -> Chore[Gap]:
    """Owes the organiser the news that the row of a near session is not complete."""
    everywhere: Mapping[str, Zones] = dict.fromkeys(slugs, ())
    task = Task(name="gap", count=lambda _: everywhere, foresee=lambda versions, _: list_gaps(versions), owe=owe_gap)
    return Chore(database, slugs, versions, task)
