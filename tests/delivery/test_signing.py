"""Signing: what is on the wire is what was signed, each line goes on as it would, and the event loop is left alone."""

import asyncio
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from service.delivery.dkim import Signed
from service.delivery.envelope import Envelope
from service.delivery.maildir import MaildirTransport
from service.delivery.outcome import Outcome, Phase, Verdict
from service.delivery.signing import Signer, SigningTransport
from service.delivery.signing_key import SigningKey
from service.delivery.transport import Commit, Follow, Line, nobody
from service.store.database import Database
from service.store.ledger import DeliveryState
from tests.delivery.office import ACCEPTED, DownRelay, Office, Relay
from tests.delivery.opening import agree
from tests.delivery.scripted import ScriptedServer
from tests.delivery.signing_keys import DOMAIN, KINDS, holds, make_key
from tests.delivery.test_courier import smtp
from tests.store import conftest as stores
from tests.store.season import DAY_BEFORE

address, database, postgresql = stores.address, stores.database, stores.postgresql
MAIL = b"From: bell@example.org\r\nSubject: x\r\n\r\n.dot\r\nline\r\n"


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return SigningKey.read("s1", make_key(tmp_path, *KINDS["rsa"]))


@pytest.fixture
def signer(key: SigningKey) -> Signer:
    return Signer(DOMAIN, [key])


async def test_what_is_on_the_wire_holds(database: Database, tmp_path: Path, signer: Signer, key: SigningKey) -> None:
    office = Office(database, tmp_path)
    await office.open(people=20)
    async with ScriptedServer() as server:
        courier = office.employ(SigningTransport(smtp(server.port), signer, lambda: DAY_BEFORE))
        assert await courier.deliver_due() == 20
        courier.close()

    assert await office.tally() == {DeliveryState.SENT: 20}
    mails = [transaction.read() for transaction in server.accepted]
    assert [holds(mail, key) for mail in mails] == [True] * 20
    assert all(mail.startswith(b"DKIM-Signature: v=1;") for mail in mails)
    assert all(b"list-unsubscribe:list-unsubscribe-post" in Signed.of(mail).names for mail in mails)


async def test_what_begins_with_a_dot_holds(signer: Signer, key: SigningKey) -> None:
    async with ScriptedServer() as server:
        line = await SigningTransport(smtp(server.port), signer, lambda: DAY_BEFORE).connect()
        outcome = await line.hand_over(Envelope("bell@example.org", "reader@example.org", (MAIL,)), agree)
        await line.close()

    assert outcome.verdict is Verdict.ACCEPTED
    assert holds(server.accepted[0].read(), key)


async def test_what_the_mailbox_keeps_holds(tmp_path: Path, signer: Signer, key: SigningKey) -> None:
    line = await SigningTransport(MaildirTransport(tmp_path / "box"), signer, lambda: DAY_BEFORE).connect()
    await line.hand_over(Envelope("bell@example.org", "reader@example.org", (MAIL,)), agree)
    await line.close()

    [file] = (tmp_path / "box" / "new").iterdir()
    assert holds(b"\r\n".join(file.read_bytes().splitlines()) + b"\r\n", key)


@dataclass
class _Watched:
    """A line that does nothing but remember."""

    usable: bool = True
    handed: list[Envelope] = field(default_factory=list)
    closed: bool = False

    async def connect(self) -> Line:
        return self

    async def hand_over(self, envelope: Envelope, commit: Commit, _: Follow = nobody, /) -> Outcome:
        self.handed.append(envelope)
        self.usable = False
        return ACCEPTED if await commit() else Outcome(Verdict.WITHDRAWN, Phase.BODY)

    async def close(self) -> None:
        self.closed = True


async def test_a_line_is_as_usable_as_the_one_below(signer: Signer) -> None:
    below = _Watched()
    line = await SigningTransport(below, signer, lambda: DAY_BEFORE).connect()
    before = line.usable

    outcome = await line.hand_over(Envelope("bell@example.org", "reader@example.org", (MAIL,)), agree)
    await line.close()

    assert (before, line.usable, below.closed) == (True, False, True)
    assert outcome is ACCEPTED
    assert below.handed == [Envelope("bell@example.org", "reader@example.org", (signer.sign(MAIL, DAY_BEFORE),))]


async def test_a_relay_that_is_away_is_as_unreachable_as_ever(
    database: Database, tmp_path: Path, signer: Signer
) -> None:
    office = Office(database, tmp_path)
    await office.open()
    relay = DownRelay()
    courier = office.employ(SigningTransport(relay, signer, lambda: DAY_BEFORE))

    await courier.deliver_due()
    courier.close()

    assert relay.tries == 1
    assert courier.trouble
    assert (await office.only()).state is DeliveryState.PLANNED


async def test_only_a_slow_signature_is_worth_a_thread() -> None:
    threads: list[int] = []

    def sign(data: bytes) -> bytes:
        threads.append(threading.get_ident())
        return data

    for kind in ("ed25519", "rsa"):
        signer = Signer(DOMAIN, [SigningKey("s1", kind, "", sign)])
        line = await SigningTransport(_Watched(), signer, lambda: DAY_BEFORE).connect()
        await line.hand_over(Envelope("bell@example.org", "reader@example.org", (MAIL,)), agree)

    assert [thread == threading.get_ident() for thread in threads] == [True, False]


async def test_others_go_on_while_a_signature_is_made() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def sign(data: bytes) -> bytes:
        begun.set()
        assert go_on.wait(20)
        return data

    relay = Relay()
    line = await SigningTransport(
        relay, Signer(DOMAIN, [SigningKey("s1", "rsa", "", sign)]), lambda: DAY_BEFORE
    ).connect()
    handing = asyncio.create_task(line.hand_over(Envelope("bell@example.org", "reader@example.org", (MAIL,)), agree))
    assert await asyncio.to_thread(begun.wait, 20)
    assert relay.handed == []
    go_on.set()

    assert (await handing).verdict is Verdict.ACCEPTED
