"""A post office for tests of the courier: a real ledger and composer, a clock to turn, and a relay that obeys."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from service.delivery.composing import Composer, Organiser
from service.delivery.courier import Courier
from service.delivery.envelope import Envelope
from service.delivery.outcome import Outcome, Phase, Verdict
from service.delivery.settling import Doubtful
from service.delivery.transport import Commit, Follow, Line, Transport, Unreachable, nobody
from service.delivery.verp import Verp
from service.messages.catalog import Catalogs
from service.messages.programme import Programme
from service.messages.stationery import Sender, Stationery
from service.resources import TEMPLATES, read_catalogs, read_texts
from service.schedule.series import Series
from service.schedule.version import Version
from service.store import ledger, owing
from service.store.database import Database
from service.store.keys import Keys
from service.store.ledger import Delivery, DeliveryState
from tests.store import season
from tests.store.season import DAY_BEFORE, SERIES, VERSION

__all__ = [
    "ACCEPTED",
    "BASE",
    "KEYS",
    "DownRelay",
    "Office",
    "Relay",
    "announce",
    "make_composer",
    "make_stationery",
    "message_id_of",
]

BASE = "https://bell.example.org"
KEYS = Keys(b"secret of the tests, 32 bytes....")
ACCEPTED = Outcome(Verdict.ACCEPTED, Phase.DOT, 250, "2.0.0", "queued")
_READY = (Phase.BODY, Phase.DOT)


def announce(slug: str = SERIES) -> Series:
    return Series(slug=slug, title="Season", language="ko", timezone="Asia/Seoul", url=f"{BASE}/{slug}")


@cache
def make_stationery() -> Stationery:
    sender = Sender("bell@example.org", "Bell")
    return Stationery(read_texts(TEMPLATES / "email"), Catalogs(read_catalogs("mail")), sender, base_url=f"{BASE}")


def make_composer(
    look_up: Callable[[str, str], tuple[Series, Version | None] | None],
    organiser: Organiser | None = None,
    *programmes: Programme,
    returns: Verp | None = None,
) -> Composer:
    return Composer(
        make_stationery(),
        KEYS,
        look_up,
        {one.series.slug: one for one in programmes},
        base_url=BASE,
        domain="bell.example.org",
        sender="bounces@example.org",
        returns=returns,
        organiser=organiser,
    )


def message_id_of(envelope: Envelope) -> str:
    found = re.search(rb"(?im)^Message-ID: *(<[^>]+>)", envelope.content)
    assert found
    return found[1].decode()


@dataclass
class Relay:
    """A transport whose relay answers as `answer` says; `handed` is what it was asked to take, in that order.

    `pause` runs between the commit and the answer. A line is of no more use after anything but a clear answer.
    """

    answer: Callable[[Envelope], Outcome] = lambda _: ACCEPTED
    pause: Callable[[], asyncio.Future[None] | None] = lambda: None
    handed: list[Envelope] = field(default_factory=list)
    lines: int = 0
    open: int = 0
    _wanted: int = 0
    _reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def connect(self) -> Line:
        self.lines += 1
        self.open += 1
        return _Line(self)

    def take(self, envelope: Envelope) -> None:
        self.handed.append(envelope)
        if len(self.handed) >= self._wanted:
            self._reached.set()

    async def has_taken(self, count: int) -> None:
        """Wait until so many mails have come."""
        self._wanted = count
        self._reached.clear()
        if len(self.handed) < count:
            await asyncio.wait_for(self._reached.wait(), 20)

    @property
    def recipients(self) -> list[str]:
        return [envelope.recipient for envelope in self.handed]


class _Line:
    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._closed = False
        self.usable = True

    async def hand_over(self, envelope: Envelope, commit: Commit, follow: Follow = nobody, /) -> Outcome:
        await asyncio.sleep(0)
        outcome = self._relay.answer(envelope)
        if outcome.phase not in _READY:
            self._relay.take(envelope)
            self.usable = outcome.verdict is not Verdict.UNSENT
            return outcome
        self.usable = False
        if not await commit():
            return Outcome(Verdict.WITHDRAWN, Phase.BODY)
        self._relay.take(envelope)
        follow()
        if (pause := self._relay.pause()) is not None:
            await pause
        self.usable = outcome.verdict in (Verdict.ACCEPTED, Verdict.REFUSED, Verdict.DEFERRED)
        return outcome

    async def close(self) -> None:
        if not self._closed:
            self._closed, self.usable = True, False
            self._relay.open -= 1


class DownRelay:
    """Nobody listens there, until somebody is `back`."""

    def __init__(self) -> None:
        self.tries = 0
        self.back: Relay | None = None

    async def connect(self) -> Line:
        if self.back:
            return await self.back.connect()
        self.tries += 1
        raise Unreachable(Outcome(Verdict.UNSENT, Phase.CONNECT, text="connection refused"))


@dataclass
class Office:
    """A ledger with the reminders of one session; `folder` is for files, `time` is what the clock shows.

    Those who are employed tell the `organiser` when mails do not leave, if there is one.
    """

    database: Database
    folder: Path
    time: datetime = DAY_BEFORE
    broken: set[str] = field(default_factory=set)
    organiser: Organiser | None = None

    async def open(self, people: int = 1) -> None:
        """Publish the session, let people join, and owe everybody the reminder of the day before."""

        def enter(connection: Connection) -> None:
            season.publish(connection, VERSION)
            for number in range(people):
                season.join(connection, f"reader{number}")
            owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE)

        await self.database.write(enter)

    def employ(
        self,
        transport: Transport,
        *,
        connections: int = 4,
        rate_per_minute: int = 0,
        doubtful: Doubtful = Doubtful.RESEND,
    ) -> Courier:
        def look_up(slug: str, uid: str) -> tuple[Series, Version | None]:
            if uid in self.broken:
                raise LookupError("a bug\r\nwith \ud800 in its words")
            return announce(slug), VERSION

        return Courier(
            self.database,
            transport,
            make_composer(look_up, self.organiser),
            self.folder,
            now=lambda: self.time,
            connections=connections,
            rate_per_minute=rate_per_minute,
            doubtful=doubtful,
        )

    async def rows(self) -> list[Delivery]:
        return await self.database.read(ledger.list_all)

    async def only(self) -> Delivery:
        (row,) = await self.rows()
        return row

    async def tally(self) -> dict[DeliveryState, int]:
        """How many deliveries stand in each state that has any; together they are all that were ever planned."""
        counts = await self.database.read(ledger.tally)
        assert sum(counts.values()) == len(await self.rows())
        return {state: count for state, count in counts.items() if count}
