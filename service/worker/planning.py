"""Planning: when an occasion falls due, its reminders enter the ledger; nothing is materialised ahead of time."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import Final, Protocol

from service.reminders.occasion import Audience, Occasion, list_occasions
from service.reminders.rule import Rule
from service.schedule.version import Version
from service.store.database import Database, DatabaseTrouble
from service.store.ledger import next_due
from service.store.participants import all_audiences, count_choices
from service.store.slices import is_crowd, take_note_of_crowd
from service.worker.entering import Remainder, enter_slice

__all__ = ["Planned", "Planner", "Plans"]

_log: Final = logging.getLogger(__name__)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)

Crowd = tuple[tuple[Audience, int], ...]
"""The audiences of a series, each with how many people it has."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A series whose sessions are reminded of, with its own rules, and those for whoever speaks."""

    slug: str
    rules: tuple[Rule, ...]
    speaker_rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class _Agenda:
    """What a series wants at one moment; it stays true from `seen` until `until`, unless its grounds change.

    `entered` tells that what is due is in the ledger.
    """

    versions: Iterable[Version]
    crowd: Crowd
    occasions: tuple[Occasion, ...]
    due: tuple[Occasion, ...]
    seen: datetime
    until: datetime
    entered: bool = False

    def still_holds(self, versions: Iterable[Version], crowd: Crowd, now: datetime) -> bool:
        """Whether nothing has changed, the published versions and the people included."""
        return versions is self.versions and crowd == self.crowd and self.seen <= now < self.until


class Plans(Protocol):
    """Whoever owes mails of other kinds when they are due."""

    async def plan(self, now: datetime) -> int:
        """Owe everything that is due at `now`; how much of it is new. Raises `DatabaseTrouble`."""

    def next_turn(self, now: datetime) -> datetime | None:
        """The next instant after `now` at which something falls due, as far as the last `plan` knew."""


class Planner:
    """Owes what is due, and has those `besides` do so. `versions` gives a series' sessions as they are published now:
    the same object as long as they are the same.

    Planning is idempotent: the ledger takes each reminder once. What a series has entered is remembered until its
    sessions or its people change, so that a quiet tick writes nothing and computes nothing.
    """

    def __init__(
        self,
        database: Database,
        series: Sequence[Planned],
        versions: Callable[[str], Iterable[Version]],
        besides: Sequence[Plans] = (),
    ) -> None:
        self._database = database
        self._series = series
        self._versions = versions
        self._besides = besides
        self._agendas: dict[str, _Agenda] = {}
        self._crowds: dict[str, Crowd] = {}
        self._choices: int | None = None

    async def plan(self, now: datetime, entered: Callable[[], None] | None = None) -> int:
        """Owe every reminder that is due at `now`; how many are new. Raises `DatabaseTrouble`.

        `entered` is called whenever some are in the ledger: they may leave while the others are planned.
        """
        choices = await self._database.read(count_choices)
        if choices != self._choices:  # and whoever chooses from now on is seen by the next plan
            self._crowds = await self._database.read(all_audiences)
            self._choices = choices
        owed = 0
        for one in self._series:
            try:
                owed += await self._plan_series(one, self._crowds.get(one.slug, ()), now, entered)
            except DatabaseTrouble:
                raise
            except Exception:  # one series that cannot be planned must not silence the others
                _log.exception("plan series=%s", one.slug)
        return owed + sum([await other.plan(now) for other in self._besides])

    async def _plan_series(self, one: Planned, crowd: Crowd, now: datetime, entered: Callable[[], None] | None) -> int:
        if not crowd:  # whose sessions nobody wants to know of, need not even be read
            self._agendas.pop(one.slug, None)
            return 0
        agenda = self._agendas.get(one.slug)
        versions = self._versions(one.slug)
        if agenda is None or not agenda.still_holds(versions, crowd, now):
            agenda = self._agendas[one.slug] = _look(one, versions, crowd, agenda, now)
            await asyncio.sleep(0)  # a whole season takes some milliseconds, and there may be a thousand of them
        if agenda.entered or not agenda.due:
            return 0
        return await self._enter(one.slug, agenda, now, entered)

    async def _enter(self, slug: str, agenda: _Agenda, now: datetime, entered: Callable[[], None] | None) -> int:
        """Owe what is due, the most urgent first. What is cut short is begun anew by the next plan."""
        owed, left = 0, Remainder(agenda.due)
        while left.occasions:
            count, left = await self._database.write(partial(enter_slice, series=slug, left=left, now=now))
            owed += count
            if count and entered:
                entered()
            if left.occasions and self._versions(slug) is not agenda.versions:  # edited this very moment
                return owed
        if is_crowd(owed):
            await self._database.write(take_note_of_crowd)
        self._agendas[slug] = replace(agenda, entered=True)
        return owed

    async def next_wake(self, now: datetime) -> datetime | None:
        """The next instant after `now` at which something wants to be planned or sent, if there is one.

        Speaks of the occasions that the last `plan` knew. Raises `DatabaseTrouble`.
        """
        ahead = [agenda.until for agenda in self._agendas.values() if now < agenda.until < _NEVER]
        ahead += [turn for other in self._besides if (turn := other.next_turn(now))]
        waiting = await self._database.read(next_due)
        if waiting and waiting > now:
            ahead.append(waiting)
        return min(ahead, default=None)


def _look(one: Planned, versions: Iterable[Version], crowd: Crowd, before: _Agenda | None, now: datetime) -> _Agenda:
    """The agenda at `now`; what was computed `before` is taken over if only time has passed, or people came or went."""
    audiences = [audience for audience, _ in crowd]
    if before and before.versions is versions and [audience for audience, _ in before.crowd] == audiences:
        occasions = before.occasions
    else:
        occasions = tuple(list_occasions(versions, audiences, one.rules, one.speaker_rules))
    return _Agenda(
        versions=versions,
        crowd=crowd,
        occasions=occasions,
        due=tuple(sorted((one for one in occasions if one.is_due(now)), key=attrgetter("expires_at"))),
        seen=now,
        until=min((occasion.due_at for occasion in occasions if occasion.due_at > now), default=_NEVER),
    )
