"""Inviting: when a session comes near, or has changed, whoever wants it in their own calendar is owed an invitation."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection

from service.reminders.calendar_entry import list_entries
from service.schedule.version import Version
from service.store.database import Database, DatabaseTrouble
from service.store.inviting import count_inviting, owe_invitations
from service.store.participants import count_choices

__all__ = ["Inviter"]

_log: Final = logging.getLogger(__name__)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Entered:
    """What is in the ledger: every invitation to these versions that these people are owed, from `seen` to `until`."""

    versions: Iterable[Version]
    people: tuple[int, int]
    seen: datetime
    until: datetime

    def still_holds(self, versions: Iterable[Version], people: tuple[int, int], now: datetime) -> bool:
        """Whether nothing has changed, time included."""
        return versions is self.versions and people == self.people and self.seen <= now < self.until


class Inviter:
    """Owes invitations. `versions` gives a series' sessions as they are published now: the same object as long as they
    are the same.

    It may be asked at any time, and anywhere: the ledger takes each invitation once. Where nobody wants any, it costs
    nothing.
    """

    def __init__(self, database: Database, slugs: Sequence[str], versions: Callable[[str], Iterable[Version]]) -> None:
        self._database = database
        self._slugs = slugs
        self._versions = versions
        self._entered: dict[str, _Entered] = {}
        self._people: dict[str, tuple[int, int]] = {}
        self._choices: int | None = None

    async def plan(self, now: datetime) -> int:
        """Owe every invitation that is due at `now`; how many are new. Raises `DatabaseTrouble`."""
        choices = await self._database.read(count_choices)
        if choices != self._choices:
            self._people = await self._database.read(count_inviting)
            self._choices = choices
        owed = 0
        for slug in self._slugs:
            if people := self._people.get(slug):
                try:
                    owed += await self._invite_to(slug, people, now)
                except DatabaseTrouble:
                    raise
                except Exception:  # one series that cannot be planned must not silence the others
                    _log.exception("invite series=%s", slug)
        return owed

    def next_turn(self, now: datetime) -> datetime | None:
        """The next instant after `now` at which somebody is to be invited, as far as is known."""
        return min((one.until for one in self._entered.values() if now < one.until < _NEVER), default=None)

    async def _invite_to(self, slug: str, people: tuple[int, int], now: datetime) -> int:
        entered, versions = self._entered.get(slug), self._versions(slug)
        if entered and entered.still_holds(versions, people, now):
            return 0
        entries = list(list_entries(versions, now))
        due = [entry for entry in entries if entry.is_due(now)]
        await asyncio.sleep(0)  # a whole season takes some milliseconds, and there may be a thousand of them

        def enter(connection: Connection) -> int:
            return sum(owe_invitations(connection, slug, entry, now) for entry in due)

        owed = await self._database.write(enter) if due else 0
        turns = (turn for entry in entries if (turn := entry.next_turn(now)))
        self._entered[slug] = _Entered(versions, people, now, min(turns, default=_NEVER))
        return owed
