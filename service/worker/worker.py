"""The worker: wakes, refreshes the documents, plans what is due, has it delivered, and sleeps until there is more."""

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from service.clock import Clock
from service.delivery.courier import Courier
from service.store.database import DatabaseTrouble
from service.worker.documents import Documents
from service.worker.housekeeper import Housekeeper
from service.worker.lookout import Lookout
from service.worker.planning import Planner
from service.worker.restraint import Restrained
from service.worker.standstill import Standstills
from service.worker.timer import Timer

if TYPE_CHECKING:  # it is imported by whoever employs one
    from service.worker.collecting import Collector

__all__ = ["Worker"]

_log: Final = logging.getLogger(__name__)
_DRAIN: Final = timedelta(seconds=25)


class Worker:
    """The service's own hands. Planning goes on while mails are under way."""

    def __init__(
        self,
        clock: Clock,
        documents: Documents,
        lookout: Lookout,
        planner: Planner,
        courier: Courier,
        housekeeper: Housekeeper,
        collector: "Collector | None" = None,
        standstills: Standstills | None = None,
    ) -> None:
        self._clock = clock
        self._timer = Timer(clock)
        self._documents = documents
        self._lookout = lookout
        self._planner = planner
        self._courier = courier
        self._housekeeper = housekeeper
        self._collector = collector
        self._standstills = standstills or Standstills(None)
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
        """Refresh, plan and deliver what is due now; how many deliveries were taken up.

        Raises `Restrained` if nothing may be sent, and `DatabaseTrouble`.
        """
        if restraint := await self._lookout.look():
            raise Restrained(f"nothing is sent: {restraint.words}")
        await self._documents.refresh()
        await self._planner.plan(self._clock.now())
        taken_up = await self._courier.deliver_due()
        if self._collector:
            await self._collector.collect()
        await self._housekeeper.tidy(self._clock.now())
        return taken_up

    async def _do_what_is_due(self) -> None:
        try:
            restraint = await self._lookout.look()
            if restraint is None or restraint.lets_read:
                await self._documents.look(self.wake)
            if restraint is not None:
                self._standstills.note(restraint.words, self._clock.now())
                self._courier.pause()
                return
            if unwritten := self._courier.unwritten:
                self._standstills.note(str(unwritten), self._clock.now())
            if self._collector:
                self._collector.look()
            await self._planner.plan(self._clock.now(), self._start_round)
            self._start_round()
            self._timer.ring_at(await self._planner.next_wake(self._clock.now()))
            await self._housekeeper.tidy(self._clock.now())
        except DatabaseTrouble as trouble:
            self._note(trouble)
        except Exception:  # one fault must not silence the bell: the next tick tries again
            _log.exception("tick")

    def _start_round(self) -> None:
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._deliver())

    async def _deliver(self) -> int:
        try:
            ending = self._standstills.foresee_end(self._clock.now())
            taken_up = await self._courier.deliver_due()
            await self._standstills.end(ending)
        except DatabaseTrouble as trouble:
            self._note(trouble)
        except Exception:
            _log.exception("deliver")
        else:
            return taken_up
        return 0

    def _note(self, trouble: DatabaseTrouble) -> None:
        _log.error("wait %s", trouble)
        self._standstills.note(str(trouble), self._clock.now())

    async def _drain(self) -> None:
        self._courier.stop()
        await self._documents.close()
        if self._collector:
            await self._collector.close()
        if self._round is not None:
            await asyncio.wait((self._round,), timeout=_DRAIN.total_seconds())
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)
