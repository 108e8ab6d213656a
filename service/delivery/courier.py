"""The courier: claims what is due, hands it over on a few kept lines, and settles each outcome.

It decides nothing: what may leave is the ledger's last check, what an outcome means is `settling`.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from service.delivery.composing import Composer
from service.delivery.outcome import Outcome, Verdict
from service.delivery.settling import Doubtful, judge, judge_abandoned, park
from service.delivery.transport import Line, Transport, Unreachable
from service.store.claiming import abandoned, claim, give_back, hand_off
from service.store.database import Database, DatabaseTrouble
from service.store.ledger import LANES, Delivery
from service.store.settling import Settlement, expire, settle

__all__ = ["Courier", "Trouble"]

_log: Final = logging.getLogger(__name__)
_BATCH: Final = 100
_SHORTEST_REST: Final = timedelta(seconds=5)
_LONGEST_REST: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Trouble:
    """The relay cannot be used: since when, why, and when it is tried again."""

    since: datetime
    outcome: Outcome
    rest: timedelta
    until: datetime


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
        self._pace = Pace(rate_per_minute)
        self._doubtful = doubtful
        self._owner: Final = secrets.token_hex(16)
        self._lines: list[Line] = []
        self._misses = 0
        self._stopping = False
        self.trouble: Trouble | None = None

    async def recover(self, *, alone: bool = False) -> None:
        """Take up what a process that died left behind; `alone` if no other process can still be alive."""
        left = await self._database.read(partial(abandoned, alone=alone))
        await asyncio.gather(*(self._settle(one, judge_abandoned(one, self._doubtful, self._now())) for one in left))
        await self._database.write(partial(give_back, alone=alone))

    async def deliver_due(self) -> int:
        """Deliver until nothing more is due or the relay is in trouble; how many deliveries were taken up.

        Raises `DatabaseTrouble`; nothing is lost by it.
        """
        await self.recover()
        await self._database.write(partial(expire, now=self._now()))
        taken = 0
        try:
            while not self._stopping and not self._is_resting() and (batch := await self._claim()):
                taken += len(batch)
                await self._deliver(deque(batch))
        finally:
            await asyncio.gather(*(line.close() for line in self._lines))
            self._lines.clear()
        return taken

    def stop(self) -> None:
        """Let mails that are on their way arrive, and take up no more."""
        self._stopping = True

    def _is_resting(self) -> bool:
        return self.trouble is not None and self._now() < self.trouble.until

    async def _claim(self) -> list[Delivery]:
        now = self._now()

        def from_every_lane(connection: Connection) -> list[Delivery]:
            return [row for kinds in LANES for row in claim(connection, self._owner, kinds, now, _BATCH)]

        return await self._database.write(from_every_lane)

    async def _deliver(self, waiting: deque[Delivery]) -> None:
        lines = (self._work(waiting) for _ in range(min(self._connections, len(waiting))))
        outcomes = await asyncio.gather(*lines, return_exceptions=True)
        if waiting or any(isinstance(outcome, BaseException) for outcome in outcomes):
            await self._database.write(partial(give_back, owner=self._owner))
        for outcome in outcomes:
            if isinstance(outcome, Unreachable):
                self._rest(outcome.outcome)
            elif isinstance(outcome, BaseException):
                raise outcome

    async def _work(self, waiting: deque[Delivery]) -> None:
        """One line's share of the waiting deliveries."""
        line = self._lines.pop() if self._lines else await self._transport.connect()
        try:
            while waiting and not self._stopping and not self._is_resting():
                if not line.usable:
                    await line.close()
                    line = await self._transport.connect()
                await self._pace.wait()
                if waiting:
                    await self._deliver_one(line, waiting.popleft())
        finally:
            self._lines.append(line)

    async def _deliver_one(self, line: Line, delivery: Delivery) -> None:
        now = self._now()
        try:
            envelope = self._composer.compose(delivery, now)
        except Exception as error:
            _log.exception("park delivery=%s kind=%s", delivery.id, delivery.kind)
            await self._settle(delivery, park(error))
            return
        outcome = await line.hand_over(
            envelope, lambda: self._database.write(partial(hand_off, delivery=delivery, now=self._now()))
        )
        if outcome.verdict is not Verdict.WITHDRAWN:  # then the last check has written the reason already
            await self._settle(delivery, judge(delivery, outcome, self._doubtful, self._now()))
        self._note(outcome)
        _log.info("%s delivery=%s kind=%s phase=%s", outcome.verdict, delivery.id, delivery.kind, outcome.phase)

    async def _settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """Write an outcome down. What the relay has said is not forgotten because the database is away for a while."""
        while True:
            try:
                await self._database.write(partial(settle, delivery=delivery, settlement=settlement, now=self._now()))
                return
            except DatabaseTrouble as trouble:
                _log.error("wait delivery=%s: %s", delivery.id, trouble)
                await asyncio.sleep(1)

    def _note(self, outcome: Outcome) -> None:
        """Rest when the relay takes nothing any more; one line that broke is no reason yet."""
        if outcome.verdict is not Verdict.UNSENT:
            self._misses, self.trouble = 0, None
            return
        self._misses += 1
        if outcome.permanent_setup or self._misses > self._connections:
            self._rest(outcome)

    def _rest(self, outcome: Outcome) -> None:
        now = self._now()
        if self._is_resting():
            return
        rest = min(self.trouble.rest * 2, _LONGEST_REST) if self.trouble else _SHORTEST_REST
        since = self.trouble.since if self.trouble else now
        self.trouble = Trouble(since, outcome, rest, now + rest)
        _log.warning("rest seconds=%d phase=%s: %s %s", rest.seconds, outcome.phase, outcome.code or "", outcome.text)


class Pace:
    """At most so many mails a minute, spread evenly; 0 is no limit."""

    def __init__(self, rate_per_minute: int) -> None:
        self._gap = 60 / rate_per_minute if rate_per_minute else 0.0
        self._next = 0.0

    async def wait(self) -> None:
        """Wait for the next place in the row."""
        if self._gap:
            present = asyncio.get_running_loop().time()
            at = max(self._next, present)
            self._next = at + self._gap
            await asyncio.sleep(at - present)
