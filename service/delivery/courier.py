"""The courier: claims what is due, hands it over on a few kept lines, and has each outcome settled.

It decides nothing: what may leave is the ledger's last check, what an outcome means is `settling`.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from service.delivery.brake import Brake, Go, Halt, carry_out
from service.delivery.clerk import Clerk
from service.delivery.composing import Composer
from service.delivery.envelope import Envelope
from service.delivery.journal import Journal, take_over
from service.delivery.outcome import Verdict
from service.delivery.pace import Pace
from service.delivery.rest import Rest, Trouble
from service.delivery.round import Round
from service.delivery.settling import Doubtful, judge, judge_abandoned, park, postpone, tell
from service.delivery.transport import Follow, Line, Transport
from service.delivery.tray import Tray
from service.delivery.work import Mail
from service.store.alarm import watch
from service.store.claiming import abandoned, give_back
from service.store.database import Database, DatabaseTrouble
from service.store.idleness import is_idle
from service.store.ledger import Delivery
from service.store.settling import expire

__all__ = ["Courier"]

_log: Final = logging.getLogger(__name__)


class Courier:
    """Delivers what the ledger says is due, over at most `connections` lines at once.

    The journal is kept in `data_dir`. `now` gives the service's time; `rate_per_minute` 0 means no limit.
    """

    def __init__(
        self,
        database: Database,
        transport: Transport,
        composer: Composer,
        data_dir: Path,
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
        self._brake = Brake()
        self._pace = Pace(database, rate_per_minute)
        self._doubtful = doubtful
        self._owner: Final = secrets.token_hex(16)
        self._enough = asyncio.Event()
        self._journal = Journal(data_dir, self._owner)
        self._clerk = Clerk(database, self._journal, self._owner, now, self._enough)
        self._stopped = False

    @property
    def trouble(self) -> Trouble | None:
        """What keeps the courier from the relay at present, if anything does."""
        return self._rest.trouble

    @property
    def unwritten(self) -> DatabaseTrouble | None:
        """Why the ledger cannot be told what became of mails, if it cannot; until it is, none is sent."""
        return self._clerk.trouble

    async def recover(self, *, alone: bool = False) -> None:
        """Take up what a process that died left behind; `alone` if no other process can still be alive."""
        for left in self._journal.take_up_left():
            await self._database.write(partial(take_over, left=left, now=self._now()))
        for one in await self._database.read(partial(abandoned, alone=alone)):
            self._clerk.settle(one, judge_abandoned(one, self._doubtful, self._now()))
        await self._clerk.finish()
        await self._database.write(partial(give_back, alone=alone))

    async def deliver_due(self) -> int:
        """Deliver until nothing more is due or the relay is in trouble; how many deliveries were taken up.

        Raises `DatabaseTrouble`; nothing is lost by it. One call at a time.
        """
        if self._stopped:
            return 0
        self._enough.clear()
        if not self._rest.trouble and await self._database.read(partial(is_idle, now=self._now())):
            return 0
        await self.recover()
        await self._database.write(self._clear_up)
        counts: Counter[Verdict] = Counter()
        tray = Tray(self._database, self._brake, self._owner, self._now)
        this = self._prepare_round(tray, counts)
        await this.run()
        await self._clerk.finish()
        await self._pace.give_back()
        if this.taken or this.cut_off or this.fault:
            await tray.clear(tell(this.cut_off) if this.cut_off else "")
        if counts:
            _log.info("delivered %s", " ".join(f"{verdict}={count}" for verdict, count in counts.items()))
        if this.fault:
            raise this.fault
        return this.taken

    def pause(self) -> None:
        """Let mails that are on their way arrive, and take up no more before the next `deliver_due`."""
        self._enough.set()

    def stop(self) -> None:
        """Let mails that are on their way arrive, and take up no more, ever."""
        self._stopped = True
        self._enough.set()

    def close(self) -> None:
        """Put the journal away."""
        self._journal.close()

    def _prepare_round(self, tray: Tray, counts: Counter[Verdict]) -> Round:
        return Round(
            self._transport,
            tray,
            self._pace,
            self._rest,
            connections=self._connections,
            now=self._now,
            enough=self._enough,
            prepare=self._prepare,
            deliver=partial(self._deliver, counts, tray),
        )

    def _clear_up(self, connection: Connection) -> None:
        give_back(connection, owner=self._owner)  # what an earlier round could not give back, the database being away
        expire(connection, self._now())
        self._watch(connection)

    def _watch(self, connection: Connection) -> None:
        if self._composer.has_organiser:
            now = self._now()
            watch(connection, self._rest.tell_lasting(now), now)

    def _prepare(self, delivery: Delivery) -> Envelope | None:
        """Write the mail. One that cannot be written is parked, and the others go on."""
        self._journal.begin(delivery.id)
        try:
            return self._composer.compose(delivery, self._now())
        except Exception as error:
            _log.exception("park delivery=%s kind=%s", delivery.id, delivery.kind)
            self._clerk.settle(delivery, park(error))
            return None
        finally:
            self._journal.end()

    async def _deliver(self, counts: Counter[Verdict], tray: Tray, line: Line, mail: Mail, follow: Follow) -> None:
        delivery = mail.delivery
        try:
            outcome = await line.hand_over(mail.envelope, partial(self._clerk.may_leave, delivery), follow)
        except DatabaseTrouble as trouble:  # so nothing was sent, even if the commit was done and only its answer lost
            self._clerk.settle(delivery, postpone(trouble, self._now()))
            return
        now = self._now()
        if outcome.verdict is not Verdict.WITHDRAWN:  # then the last check has written the reason already
            self._clerk.settle(delivery, judge(delivery, outcome, self._doubtful, now))
        self._rest.note(outcome, now)
        if decision := self._brake.weigh(delivery, outcome, now):
            await self._obey(decision, tray)
        counts[outcome.verdict] += 1
        level = logging.DEBUG if outcome.verdict is Verdict.ACCEPTED else logging.INFO
        _log.log(level, "%s delivery=%s kind=%s phase=%s", outcome.verdict, delivery.id, delivery.kind, outcome.phase)

    async def _obey(self, decision: Halt | Go, tray: Tray) -> None:
        """Hold a lane, or let it go, in all processes."""
        now = self._now()
        if isinstance(decision, Halt):
            tray.leave(decision.lane)
            _log.warning("hold lane=%s until=%s: %s", decision.lane, decision.hold.until, decision.hold.refusal)
        else:
            _log.warning("go lane=%s", decision.lane)

        def enter(connection: Connection) -> None:
            carry_out(connection, decision, now)
            self._watch(connection)

        await self._clerk.order(enter)
        self._brake.written(decision)
