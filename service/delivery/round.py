"""A round: lines to the relay are kept at work until nothing more is due, or the relay takes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from service.delivery.outcome import Outcome
from service.delivery.pace import Pace
from service.delivery.rest import Rest
from service.delivery.transport import Line, Transport, Unreachable
from service.delivery.tray import Tray
from service.store.database import DatabaseTrouble
from service.store.ledger import Delivery

__all__ = ["Round"]

_LOOK: Final = timedelta(seconds=1)
"""How often it is looked whether there is work for more lines, while others are busy or hang."""


class Round:
    """One round of at most `connections` lines, each of which takes a delivery from the tray and has it delivered.

    `taken` counts what was taken, `cut_off` is why a line could not be had, `fault` what else went wrong: neither
    stops the other lines. The round ends early when `enough` is set or the rest begins.
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
        deliver: Callable[[Line, Delivery], Awaitable[None]],
    ) -> None:
        self.taken = 0
        self.cut_off: Outcome | None = None
        self.fault: Exception | None = None
        self._transport = transport
        self._tray = tray
        self._pace = pace
        self._rest = rest
        self._connections = connections
        self._now = now
        self._enough = enough
        self._deliver = deliver
        self._idle: list[Line] = []
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
            await asyncio.gather(*(line.close() for line in self._idle))

    async def _look_away(self) -> None:
        self._line_ended.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK.total_seconds()):
                await self._line_ended.wait()

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
        line = self._idle.pop() if self._idle else await self._transport.connect()
        try:
            while delivery := await self._take():
                if not line.usable:
                    await line.close()
                    line = await self._reconnect(delivery)
                await self._deliver(line, delivery)
        finally:
            self._idle.append(line)

    async def _reconnect(self, delivery: Delivery) -> Line:
        try:
            return await self._transport.connect()
        except Unreachable:
            self._tray.put_back(delivery)
            raise

    async def _take(self) -> Delivery | None:
        """The next delivery, when the pace allows; None if there is none."""
        async with self._turn:
            if not await self._goes_on():
                return None
            await self._pace.wait(self._enough)
            if self._is_over() or not len(self._tray):  # a brake may have cleared it meanwhile
                return None
            self.taken += 1
            return self._tray.take()

    async def _goes_on(self, *, last: bool = False) -> bool:
        return not self._is_over() and await self._tray.has_more(surely=last)

    def _is_over(self) -> bool:
        return self._enough.is_set() or self._rest.is_on(self._now())
