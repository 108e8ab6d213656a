"""The courier: claims what is due, hands it over on a few kept lines, and settles each outcome.

It decides nothing: what may leave is the ledger's last check, what an outcome means is `settling`.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, repeat, zip_longest
from typing import Final

from sqlalchemy import Connection

from service.delivery.composing import Composer
from service.delivery.outcome import Verdict
from service.delivery.pace import Pace
from service.delivery.rest import Rest, Trouble
from service.delivery.settling import Doubtful, judge, judge_abandoned, park, postpone, tell
from service.delivery.transport import Line, Transport, Unreachable
from service.store.claiming import abandoned, claim, give_back, hand_off
from service.store.database import Database, DatabaseTrouble
from service.store.ledger import LANES, Delivery
from service.store.settling import Settlement, expire, settle

__all__ = ["Courier"]

_log: Final = logging.getLogger(__name__)
_BATCH: Final = 100
_SHIFT: Final = timedelta(seconds=5)
"""How long claimed deliveries are worked on before it is asked anew what is most urgent."""


class Courier:
    """Delivers what the ledger says is due, over at most `connections` lines at once.

    `now` gives the service's time; `rate_per_minute` 0 means no limit.
    """

    def __init__(
        self,
        database: Database,
        transport: Transport,
        composer: Composer,
        *,
        now: Callable[[], datetime],
        connections: int = 4,
        rate_per_minute: int = 0,
        doubtful: Doubtful = Doubtful.RESEND,
    ) -> None:
        self._database = database
        self._transport = transport
        self._composer = composer
        self._now = now
        self._connections = connections
        self._rest = Rest(patience=connections)
        self._pace = Pace(rate_per_minute)
        self._turn = asyncio.Lock()
        self._doubtful = doubtful
        self._owner: Final = secrets.token_hex(16)
        self._lines: list[Line] = []
        self._shift_ends = 0.0
        self._stop = asyncio.Event()

    @property
    def trouble(self) -> Trouble | None:
        """What keeps the courier from the relay at present, if anything does."""
        return self._rest.trouble

    async def recover(self, *, alone: bool = False) -> None:
        """Take up what a process that died left behind; `alone` if no other process can still be alive."""
        left = await self._database.read(partial(abandoned, alone=alone))
        await asyncio.gather(*(self._settle(one, judge_abandoned(one, self._doubtful, self._now())) for one in left))
        await self._database.write(partial(give_back, alone=alone))

    async def deliver_due(self) -> int:
        """Deliver until nothing more is due or the relay is in trouble; how many deliveries were taken up.

        Raises `DatabaseTrouble`; nothing is lost by it. One call at a time.
        """
        await self.recover()
        await self._database.write(self._clear_up)
        taken = 0
        try:
            while not self._is_over() and (batch := await self._claim()):
                taken += len(batch)
                await self._deliver(deque(batch))
        finally:
            await asyncio.gather(*(line.close() for line in self._lines))
            self._lines.clear()
        return taken

    def stop(self) -> None:
        """Let mails that are on their way arrive, and take up no more."""
        self._stop.set()

    def _clear_up(self, connection: Connection) -> None:
        give_back(connection, owner=self._owner)  # what an earlier round could not give back, the database being away
        expire(connection, self._now())

    async def _claim(self) -> list[Delivery]:
        """The next deliveries, one of each lane in turn: whoever waits in a short lane does not wait long."""
        now = self._now()

        def from_every_lane(connection: Connection) -> list[list[Delivery]]:
            return [claim(connection, self._owner, kinds, now, _BATCH) for kinds in LANES]

        lanes = await self._database.write(from_every_lane)
        return [delivery for rank in zip_longest(*lanes) for delivery in rank if delivery is not None]

    async def _deliver(self, waiting: deque[Delivery]) -> None:
        """One shift: hand over what waits. What is left when it ends is given back, and claimed anew by urgency."""
        self._shift_ends = asyncio.get_running_loop().time() + _SHIFT.total_seconds()
        lines = 1 if self._rest.trouble else min(self._connections, len(waiting))
        endings = await asyncio.gather(*(self._work(waiting) for _ in range(lines)), return_exceptions=True)
        faults = [ending for ending in endings if isinstance(ending, BaseException)]
        cut_off = [fault.outcome for fault in faults if isinstance(fault, Unreachable)]
        if waiting or faults:
            reason = tell(cut_off[0]) if cut_off else ""
            await self._database.write(partial(give_back, owner=self._owner, reason=reason))
        if len(cut_off) == lines:  # as long as one line works, the relay is there
            self._rest.begin(cut_off[0], self._now())
        for fault in faults:
            if not isinstance(fault, Unreachable):
                raise fault

    async def _work(self, waiting: deque[Delivery]) -> None:
        """One line's share of the waiting deliveries."""
        line = self._lines.pop() if self._lines else await self._transport.connect()
        try:
            while delivery := await self._take(waiting):
                if not line.usable:
                    await line.close()
                    line = await self._transport.connect()
                await self._deliver_one(line, delivery)
        finally:
            self._lines.append(line)

    async def _take(self, waiting: deque[Delivery]) -> Delivery | None:
        """The next delivery, when the pace allows; None if there is none, or the shift is over."""
        async with self._turn:
            if not waiting or self._is_over() or asyncio.get_running_loop().time() >= self._shift_ends:
                return None
            await self._pace.wait(self._stop)
            return None if self._is_over() else waiting.popleft()

    def _is_over(self) -> bool:
        return self._stop.is_set() or self._rest.is_on(self._now())

    async def _deliver_one(self, line: Line, delivery: Delivery) -> None:
        try:
            envelope = self._composer.compose(delivery, self._now())
        except Exception as error:
            _log.exception("park delivery=%s kind=%s", delivery.id, delivery.kind)
            await self._settle(delivery, park(error))
            return
        try:
            outcome = await line.hand_over(envelope, partial(self._commit, delivery))
        except DatabaseTrouble as trouble:  # so nothing was sent, even if the commit was done and only its answer lost
            await self._settle(delivery, postpone(trouble, self._now()))
            return
        if outcome.verdict is not Verdict.WITHDRAWN:  # then the last check has written the reason already
            await self._settle(delivery, judge(delivery, outcome, self._doubtful, self._now()))
        self._rest.note(outcome, self._now())
        _log.info("%s delivery=%s kind=%s phase=%s", outcome.verdict, delivery.id, delivery.kind, outcome.phase)

    async def _commit(self, delivery: Delivery) -> bool:
        return await self._database.write(partial(hand_off, delivery=delivery, now=self._now()))

    async def _settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """Write an outcome down. What the relay has said is not forgotten because the database is away for a while."""
        for pause in chain((1, 2, 4, 8), repeat(15)):
            try:
                await self._database.write(partial(settle, delivery=delivery, settlement=settlement, now=self._now()))
                return
            except DatabaseTrouble as trouble:
                _log.error("wait delivery=%s: %s", delivery.id, trouble)
                await asyncio.sleep(pause)
