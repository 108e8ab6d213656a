"""Planning: when an occasion falls due, its reminders enter the ledger; nothing is materialised ahead of time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from service.reminders.occasion import Audience, Occasion, list_occasions
from service.reminders.rule import Rule
from service.schedule.version import Version
from service.store.database import Database
from service.store.ledger import next_due
from service.store.owing import owe_reminders
from service.store.participants import audiences

__all__ = ["Planned", "Planner"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A series whose sessions are reminded of, with its own rules."""

    slug: str
    rules: tuple[Rule, ...]


class Planner:
    """Owes what is due. `versions` gives a series' sessions as they are published now.

    Planning is idempotent: the ledger takes each reminder once. The occasions of this run that are entered already
    are remembered, so that a quiet tick writes nothing.
    """

    def __init__(
        self, database: Database, series: Sequence[Planned], versions: Callable[[str], Iterable[Version]]
    ) -> None:
        self._database = database
        self._series = series
        self._versions = versions
        self._entered: set[tuple[str, Occasion]] = set()

    async def plan(self, now: datetime) -> int:
        """Owe every reminder that is due at `now`; how many are new."""
        due = [(slug, occasion) for slug, occasion in await self._occasions() if occasion.is_due(now)]
        new = [one for one in due if one not in self._entered]
        if not new:
            return 0

        def enter(connection: Connection) -> int:
            return sum(owe_reminders(connection, slug, occasion, now) for slug, occasion in new)

        owed = await self._database.write(enter)
        self._entered = set(due)
        return owed

    async def next_wake(self, now: datetime) -> datetime | None:
        """The next instant after `now` at which something wants to be planned or sent, if there is one."""
        ahead = [occasion.due_at for _, occasion in await self._occasions() if occasion.due_at > now]
        waiting = await self._database.read(next_due)
        if waiting and waiting > now:
            ahead.append(waiting)
        return min(ahead, default=None)

    async def _occasions(self) -> list[tuple[str, Occasion]]:
        def all_audiences(connection: Connection) -> list[list[Audience]]:
            return [[audience for audience, _ in audiences(connection, one.slug)] for one in self._series]

        found = await self._database.read(all_audiences)
        return [
            (one.slug, occasion)
            for one, whom in zip(self._series, found, strict=True)
            for occasion in list_occasions(self._versions(one.slug), whom, one.rules)
        ]
