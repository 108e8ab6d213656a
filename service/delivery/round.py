"""A round: lines to the relay are kept at work until nothing more is due, or the relay takes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from service.delivery.envelope import Envelope
from service.delivery.outcome import Outcome
from service.delivery.pace import Pace
from service.delivery.rest import Rest
from service.delivery.transport import Follow, Line, Transport, Unreachable
from service.delivery.tray import Tray
from service.delivery.work import Mail, Work
from service.store.database import DatabaseTrouble
from service.store.ledger import Delivery

__all__ = ["Round"]

_LOOK: Final = timedelta(seconds=1)
"""How often it is looked whether there is work for more lines, while others are busy or hang."""


class Round:
    """One round of at most `connections` lines, each of which takes a delivery from the tray and has it delivered.

    `prepare` writes the mail for a delivery, or tells that there is none. `taken` counts what was taken, `cut_off` is
    why a line could not be had, `fault` what else went wrong: neither stops the other lines. The round ends early when
    `enough` is set or the rest begins.
    """

    def __init__(
        self,
        transport: Transport,
        tray: Tray,
        pace: Pace,
        rest: Rest,
        *,
        connections: int,
        now: Callable[[], datetime],
        enough: asyncio.Event,
        prepare: Callable[[Delivery], Envelope | None],
        deliver: Callable[[Line, Mail, Follow], Awaitable[None]],
    ) -> None:
        self.taken = 0
        self.cut_off: Outcome | None = None
        self.fault: Exception | None = None
        self._transport = transport
        self._tray = tray
        self._pace, self._looks_ahead = pace, not pace.is_limited
        self._rest = rest
        self._connections = connections
        self._now = now
        self._enough = enough
        self._prepare = prepare
        self._deliver = deliver
        self._idle: list[Work] = []
        self._at_work: set[Work] = set()
        self._working = self._lost = 0
        self._line_ended = asyncio.Event()
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Have as many lines at work as there is work for. One that hangs holds up no other, nor what comes later."""
        try:
            async with asyncio.TaskGroup() as lines:
                while True:
                    for _ in range(await self._count_wanted()):
                        self._working += 1
                        lines.create_task(self._work())
                    if not self._working:
                        break
                    await self._look_away()
        finally:
            await asyncio.gather(*(work.line.close() for work in self._idle))

    async def _look_away(self) -> None:
        self._line_ended.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK.total_seconds()):
                await self._line_ended.wait()
        self._free_who_waits()

    def _free_who_waits(self) -> None:
        """Let mails that wait behind one for which the relay takes its time go another way, and none wait so again."""
        long_ago = asyncio.get_running_loop().time() - _LOOK.total_seconds()
        for work in self._at_work:
            if work.announced_at < long_ago and self._give_up_next(work):
                self._looks_ahead = False

    def _give_up_next(self, work: Work) -> bool:
        if mail := work.give_up_next():
            self._tray.put_back(mail.delivery)
            self.taken -= 1
        return mail is not None

    async def _count_wanted(self) -> int:
        """How many more lines have something to do."""
        room = (1 if self._rest.trouble else self._connections) - self._working - self._lost
        if room <= 0:
            return 0
        try:
            async with self._turn:
                return min(room, len(self._tray)) if await self._goes_on(last=not self._working) else 0
        except DatabaseTrouble as trouble:
            self.fault = trouble
            return 0

    async def _work(self) -> None:
        """One line's share of the round."""
        try:
            await self._work_on_line()
        except Unreachable as unreachable:
            self._lost, self.cut_off = self._lost + 1, unreachable.outcome
            if self._working == 1:  # as long as another line works, the relay is there
                self._rest.begin(unreachable.outcome, self._now())
        except Exception as fault:
            self._lost, self.fault = self._lost + 1, self.fault or fault
        finally:
            self._working -= 1
            self._line_ended.set()

    async def _work_on_line(self) -> None:
        work = self._idle.pop() if self._idle else Work(await self._transport.connect())
        self._at_work.add(work)
        follow = partial(self._look_ahead, work)
        try:
            while mail := self._take_next(work) or await self._take():
                if work.is_lost or not work.line.usable:
                    await work.line.close()
                    work.line, work.is_lost = await self._reconnect(mail.delivery), False
                await self._deliver(work.line, mail, follow)
        finally:
            self._give_up_next(work)
            self._at_work.remove(work)
            self._idle.append(work)

    async def _reconnect(self, delivery: Delivery) -> Line:
        try:
            return await self._transport.connect()
        except Unreachable:
            self._tray.put_back(delivery)
            raise

    async def _take(self) -> Mail | None:
        """The next mail, when the pace allows; None if there is none."""
        async with self._turn:
            while await self._goes_on():
                await self._pace.wait(self._enough)
                if self._is_over() or not len(self._tray):  # a brake may have cleared it meanwhile
                    return None
                if mail := self._take_from_tray():
                    return mail
        return None

    def _take_next(self, work: Work) -> Mail | None:
        """The mail that the line has announced, unless nothing more is to leave."""
        if self._is_over():
            self._give_up_next(work)
        return work.take_next()

    def _look_ahead(self, work: Work) -> Envelope | None:
        """What the line is to hand over next, if that can be told without waiting."""
        if self._looks_ahead and not self._is_over():
            while work.next is None and self._tray.has_at_hand():
                work.next = self._take_from_tray()
        work.announced_at = asyncio.get_running_loop().time()
        return work.next.envelope if work.next else None

    def _take_from_tray(self) -> Mail | None:
        self.taken += 1
        delivery = self._tray.take()
        envelope = self._prepare(delivery)
        return Mail(delivery, envelope) if envelope else None

    async def _goes_on(self, *, last: bool = False) -> bool:
        return not self._is_over() and await self._tray.has_more(surely=last)

    def _is_over(self) -> bool:
        return self._enough.is_set() or (self._rest.trouble is not None and self._rest.is_on(self._now()))
