"""The clerk when the ledger cannot be written: what was accepted is never forgotten, and nothing more is claimed."""

import asyncio
import signal
import subprocess
import sys
from errno import ENOSPC
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from service.delivery import clerk
from service.delivery.clerk import enter
from service.delivery.envelope import Envelope
from service.delivery.journal import Journal
from service.delivery.outcome import Outcome
from service.store.database import Database, DatabaseTrouble
from service.store.ledger import DeliveryState
from tests.delivery.office import ACCEPTED, Office, Relay
from tests.store import conftest as stores

address, database, postgresql = stores.address, stores.database, stores.postgresql
ROOT = Path(__file__).parents[2]


async def be_killed(folder: Path, address: str, last_deed: str) -> None:
    victim = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.delivery.journal_victim", str(folder), address, last_deed],
        cwd=ROOT,
        timeout=60,
        capture_output=True,
    )
    assert victim.returncode == -signal.SIGKILL, victim.stderr.decode()


async def test_a_mail_that_kills_whoever_writes_it_is_parked_after_three_and_the_others_go_on(
    database: Database, address: str, tmp_path: Path
) -> None:
    office = Office(database, tmp_path)
    await office.open(people=3)
    for _ in range(3):
        await be_killed(tmp_path, address, "writing")
    relay = Relay()
    courier = office.employ(relay)

    await courier.recover(alone=True)
    await courier.deliver_due()

    assert await office.tally() == {DeliveryState.PARKED: 1, DeliveryState.SENT: 2}
    assert len(relay.handed) == 2


async def test_who_is_killed_before_the_ledger_could_be_told_leaves_word_and_nothing_is_sent_twice(
    database: Database, address: str, tmp_path: Path
) -> None:
    office = Office(database, tmp_path)
    await office.open()
    await be_killed(tmp_path, address, "accepted")
    assert await office.tally() == {DeliveryState.HANDING: 1}
    relay = Relay()
    courier = office.employ(relay)

    await courier.recover(alone=True)
    await courier.deliver_due()

    row = await office.only()
    assert (row.state, row.reason, row.doubts) == (DeliveryState.SENT, "dot: 250 2.0.0 queued", 0)
    assert relay.handed == []
    courier.close()
    assert list_journals(tmp_path) == []


def list_journals(folder: Path) -> list[Path]:
    return list(folder.glob("sent-*.log"))


class Stubborn:
    """Refuses to be told what became of mails, as long as it is `full`."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = True
        self.refused = asyncio.Event()
        self._write = database.write
        monkeypatch.setattr(database, "write", self.write)

    async def write(self, work: Any) -> Any:
        if self.full and isinstance(work, partial) and work.func is enter and work.keywords["settled"]:
            self.refused.set()
            raise DatabaseTrouble("the disk is full")
        return await self._write(work)


@pytest.fixture
def office(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(clerk, "_PAUSES", (0.05,) * 100)
    return Office(database, tmp_path)


async def test_nothing_more_is_claimed_until_the_ledger_knows_and_then_all_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.open(people=30)
    ledger = Stubborn(office.database, monkeypatch)
    taken_up: list[str] = []

    def take_up(envelope: Envelope) -> Outcome:
        taken_up.append(envelope.recipient)
        return ACCEPTED

    relay = Relay(take_up)
    courier = office.employ(relay)
    delivering = asyncio.create_task(courier.deliver_due())
    await ledger.refused.wait()
    await asyncio.sleep(0.5)

    assert len(relay.handed) <= 4, "no line hands over a second mail"
    assert len(taken_up) <= 8, "no line takes up a third one"
    assert str(courier.unwritten) == "the disk is full"
    (journal,) = list_journals(office.folder)
    assert len(journal.read_bytes()[20:].rstrip(b"\0").splitlines()) == len(relay.handed)
    assert not delivering.done()

    ledger.full = False
    await delivering
    await courier.deliver_due()

    assert courier.unwritten is None
    assert await office.tally() == {DeliveryState.SENT: 30}
    assert len(relay.handed) == 30
    assert not journal.read_bytes()[20:].strip(b"\0")


async def test_a_journal_that_cannot_be_written_either_is_made_up_for_by_memory(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.open(people=2)
    ledger = Stubborn(office.database, monkeypatch)

    def fail(*_: object) -> None:
        raise OSError(ENOSPC, "no space left on device")

    monkeypatch.setattr(Journal, "note", fail)
    courier = office.employ(Relay())
    delivering = asyncio.create_task(courier.deliver_due())
    await ledger.refused.wait()
    await asyncio.sleep(0.2)
    ledger.full = False
    await delivering
    await courier.deliver_due()

    assert await office.tally() == {DeliveryState.SENT: 2}


async def test_what_nobody_accepted_is_not_noted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.open(people=4)
    office.broken.add("abc@example.org")
    ledger = Stubborn(office.database, monkeypatch)
    courier = office.employ(Relay())
    delivering = asyncio.create_task(courier.deliver_due())
    await ledger.refused.wait()
    await asyncio.sleep(0.2)
    (journal,) = list_journals(office.folder)

    assert not journal.read_bytes()[20:].strip(b"\0")
    ledger.full = False
    await delivering
    assert await office.tally() == {DeliveryState.PARKED: 4}
