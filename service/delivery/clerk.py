"""The clerk: asks the ledger once for all who ask at the same time, and writes down in the same commit what became of
mails. So the cost of a durable commit is shared by all lines, and none waits for more than the commit before its own.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, repeat
from typing import Final

from sqlalchemy import Connection

from service.delivery.journal import Accepted, Journal
from service.store.claiming import hand_off
from service.store.database import Database, DatabaseTrouble
from service.store.ledger import Delivery, DeliveryState
from service.store.settling import Settlement, settle

__all__ = ["Clerk", "enter"]

_log: Final = logging.getLogger(__name__)
_PAUSES: Final = (1, 2, 4)
_LONGEST_PAUSE: Final = 8


@dataclass(frozen=True, slots=True)
class _Leaving:
    delivery: Delivery
    answer: asyncio.Future[bool]


@dataclass(frozen=True, slots=True)
class _Order:
    carry_out: Callable[[Connection], None]
    done: asyncio.Future[bool]


def enter(
    connection: Connection,
    owner: str,
    settled: Sequence[tuple[Delivery, Settlement]],
    orders: Sequence[Callable[[Connection], None]],
    leaving: Sequence[Delivery],
    now: datetime,
) -> set[int]:
    """Settle what is over, carry out the orders, then make the last check of what wants to leave; the ids of those
    that may."""
    settle(connection, settled, now)
    for carry_out in orders:
        carry_out(connection)
    return hand_off(connection, owner, leaving, now)


class Clerk:
    """Keeps the ledger for one courier, whose claims bear the name of `owner`.

    What is settled enters the ledger before, or with, whatever is asked later: so a line that hands over one mail
    after the other never has two on their way in the ledger.
    """

    def __init__(
        self, database: Database, journal: Journal, owner: str, now: Callable[[], datetime], enough: asyncio.Event
    ) -> None:
        """`enough` is set when the ledger cannot be told what became of mails: then no more of them may be claimed."""
        self.trouble: DatabaseTrouble | None = None
        self._database = database
        self._journal = journal
        self._owner = owner
        self._now = now
        self._enough = enough
        self._leaving: list[_Leaving] = []
        self._settled: list[tuple[Delivery, Settlement]] = []
        self._orders: list[_Order] = []
        self._noted = 0
        self._writing: asyncio.Task[None] | None = None

    async def may_leave(self, delivery: Delivery) -> bool:
        """The last check (see `hand_off`). Raises `DatabaseTrouble`: then the mail must not leave."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._leaving.append(_Leaving(delivery, answer))
        self._begin()
        return await answer

    def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """Write an outcome down, soon.

        What the relay has said is not forgotten because the database is away for a while.
        """
        self._settled.append((delivery, settlement))
        self._begin()

    async def order(self, carry_out: Callable[[Connection], None]) -> None:
        """Have something done in the ledger after what was settled before is written; it is on the disk then."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._orders.append(_Order(carry_out, done))
        self._begin()
        await done

    async def finish(self) -> None:
        """Wait until everything that was settled is on the disk. Raises what keeps it from there, but for trouble with
        the database, which passes."""
        if self._settled or self._orders:
            self._begin()
        if self._writing is not None and not self._writing.done():
            await asyncio.shield(self._writing)

    def _begin(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        """Write what waits, again and again until nothing does."""
        pauses = chain(_PAUSES, repeat(_LONGEST_PAUSE))
        while self._leaving or self._settled or self._orders:
            settled, orders, leaving = self._settled, self._orders, self._leaving
            self._settled, self._orders, self._leaving = [], [], []
            try:
                await self._enter(settled, orders, leaving)
                await self._end_trouble()
            except Exception as trouble:
                self._settled = settled + self._settled
                if not isinstance(trouble, DatabaseTrouble):
                    _tell_all(orders, trouble)
                    raise
                self._orders = orders + self._orders
                if self._settled or self._orders:
                    await self._bear(trouble)
                    await asyncio.sleep(next(pauses))

    async def _enter(
        self, settled: Sequence[tuple[Delivery, Settlement]], orders: Sequence[_Order], leaving: Sequence[_Leaving]
    ) -> None:
        asked = [one for one in leaving if not one.answer.done()]  # who was cancelled asks no more
        work = partial(
            enter,
            owner=self._owner,
            settled=settled,
            orders=[one.carry_out for one in orders],
            leaving=[one.delivery for one in asked],
            now=self._now(),
        )
        try:
            may = await self._database.write(work)
        except Exception as error:
            for one in asked:
                if not one.answer.done():
                    one.answer.set_exception(error)
            raise
        answers = [(one.answer, one.delivery.id in may) for one in asked] + [(one.done, True) for one in orders]
        for future, answer in answers:
            if not future.done():
                future.set_result(answer)

    async def _bear(self, trouble: DatabaseTrouble) -> None:
        """Note what was accepted where it outlives this process, and have nothing more claimed."""
        waiting = len(self._settled)
        _log.error("wait deliveries=%d: %s", waiting, trouble)
        self.trouble = trouble
        self._enough.set()
        unnoted = [
            Accepted(delivery.id, delivery.owner, settlement.reason, self._now())
            for delivery, settlement in self._settled[self._noted :]
            if settlement.state is DeliveryState.SENT
        ]
        try:
            if unnoted:
                await asyncio.to_thread(self._journal.note, unnoted)
            self._noted = waiting
        except OSError as error:
            _log.error("journal: %s", error)

    async def _end_trouble(self) -> None:
        if self.trouble:
            self.trouble, self._noted = None, 0
            await asyncio.to_thread(self._journal.clear)


def _tell_all(orders: Sequence[_Order], fault: Exception) -> None:
    """Nobody waits for an order that a fault nobody foresaw has ended."""
    for one in orders:
        if not one.done.done():
            one.done.set_exception(fault)
