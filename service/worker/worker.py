"""The worker: wakes, refreshes the documents, plans what is due, has it delivered, and sleeps until there is more."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from service.clock import Clock
from service.delivery.courier import Courier
from service.store.database import DatabaseTrouble
from service.worker.planning import Planner
from service.worker.refreshing import Refresher
from service.worker.timer import Timer

__all__ = ["Worker"]

_log: Final = logging.getLogger(__name__)
_DRAIN: Final = timedelta(seconds=25)
_PATIENCE: Final = timedelta(seconds=1)
"""How long a tick waits for documents. What takes longer goes on meanwhile, and holds up nobody's mail."""


class Worker:
    """The service's own hands. Planning goes on while mails are under way."""

    def __init__(self, clock: Clock, refreshers: Sequence[Refresher], planner: Planner, courier: Courier) -> None:
        self._clock = clock
        self._timer = Timer(clock)
        self._refreshers = refreshers
        self._planner = planner
        self._courier = courier
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._round: asyncio.Task[int] | None = None

    def wake(self) -> None:
        """There is something new in the ledger: do not wait for the next tick."""
        self._timer.ring()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then let the mails that are under way arrive."""
        stopping = asyncio.create_task(stop.wait())
        async with self._timer.running():
            while not stop.is_set():
                ring = asyncio.create_task(self._timer.wait())
                await asyncio.wait((ring, stopping), return_when=asyncio.FIRST_COMPLETED)
                ring.cancel()
                if not stop.is_set():
                    await self._do_what_is_due()
        await self._drain()

    async def do_once(self) -> int:
        """Refresh, plan and deliver what is due now; how many deliveries were taken up. Raises `DatabaseTrouble`."""
        await asyncio.gather(*(refresher.refresh() for refresher in self._refreshers))
        await self._planner.plan(self._clock.now())
        return await self._courier.deliver_due()

    async def _do_what_is_due(self) -> None:
        await self._look_at_documents()
        try:
            await self._planner.plan(self._clock.now())
            self._start_round()
            self._timer.ring_at(await self._planner.next_wake(self._clock.now()))
        except DatabaseTrouble as trouble:
            _log.error("wait %s", trouble)
        except Exception:  # one fault must not silence the bell: the next tick tries again
            _log.exception("tick")

    async def _look_at_documents(self) -> None:
        """Refresh every series that is not being refreshed still; who is slow is not waited for."""
        self._looking = {slug: task for slug, task in self._looking.items() if not task.done()}
        idle = [refresher for refresher in self._refreshers if refresher.slug not in self._looking]
        started = {refresher.slug: asyncio.create_task(self._look(refresher)) for refresher in idle}
        self._looking |= started
        if started:
            await asyncio.wait(started.values(), timeout=_PATIENCE.total_seconds())

    async def _look(self, refresher: Refresher) -> None:
        try:
            if await refresher.refresh():
                self.wake()
        except DatabaseTrouble as trouble:
            _log.error("wait series=%s %s", refresher.slug, trouble)
        except Exception:  # one series that cannot be read must not keep the others from being so
            _log.exception("refresh series=%s", refresher.slug)

    def _start_round(self) -> None:
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._deliver())

    async def _deliver(self) -> int:
        try:
            return await self._courier.deliver_due()
        except DatabaseTrouble as trouble:
            _log.error("wait %s", trouble)
        except Exception:
            _log.exception("deliver")
        return 0

    async def _drain(self) -> None:
        self._courier.stop()
        for task in self._looking.values():
            task.cancel()
        await asyncio.gather(*self._looking.values(), return_exceptions=True)
        if self._round is not None:
            await asyncio.wait((self._round,), timeout=_DRAIN.total_seconds())
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)
