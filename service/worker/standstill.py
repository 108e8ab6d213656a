"""Standstill: nothing can be sent although no relay is to blame: the ledger cannot be written, or a restraint holds.

A mail could tell it only through the ledger, so the organiser hears of it when it is over. Before that `/healthz`, the
log and the watcher that is pinged tell it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from service.store.alarm import count_held_up, tell_standstill
from service.store.database import Database
from service.store.stops import Stop

__all__ = ["Ending", "Standstill", "Standstills"]

_LASTING: Final = timedelta(minutes=10)
_HURTING: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Standstill:
    """Nothing is sent since then, for the `reason` that was first; so it was last `seen_at` (both aware)."""

    since: datetime
    reason: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """A standstill that may end now: mails are tried again from the instant `at` on."""

    standstill: Standstill
    at: datetime

    def is_news(self, held_up: int) -> bool:
        """Whether the organiser has to hear of it: it lasted long, or long enough to make so many mails late."""
        lasted = self.at - self.standstill.since
        return lasted >= _LASTING or (held_up > 0 and lasted >= _HURTING)


class Standstills:
    """Remembers that nothing can be sent, and has the organiser told when that is over.

    It is over when a round of deliveries that began meanwhile has ended well. Without a `database` nobody is told.
    """

    def __init__(self, database: Database | None) -> None:
        self._database = database
        self._present: Standstill | None = None

    @property
    def is_on(self) -> bool:
        """Whether nothing can be sent, as far as is known."""
        return self._present is not None

    def note(self, reason: str, now: datetime) -> None:
        """Nothing can be sent at `now`."""
        first = self._present
        self._present = Standstill(first.since, first.reason, now) if first else Standstill(now, reason, now)

    def foresee_end(self, now: datetime) -> Ending | None:
        """How the present standstill, if there is one, ends if the round that begins now goes well."""
        return Ending(self._present, now) if self._present else None

    async def end(self, ending: Ending | None) -> None:
        """The round has gone well; but if something was noted meanwhile, only the next one will tell.

        Raises `DatabaseTrouble`: then it goes on.
        """
        if ending is None or ending.standstill is not self._present:
            return
        if self._database is not None:
            await self._tell(self._database, ending)
        self._present = None

    async def _tell(self, database: Database, ending: Ending) -> None:
        held_up = await database.read(partial(count_held_up, until=ending.at))
        if ending.is_news(held_up):
            stop = Stop(ending.standstill.reason, waited=held_up)
            told = partial(tell_standstill, since=ending.standstill.since, stop=stop, now=ending.at)
            await database.write(told)
