"""Collecting: the mailbox is emptied every few minutes, and a broken mailbox harms nobody."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from service.delivery.inbox import Inbox, InboxTrouble, OpenInbox
from service.delivery.relay import Security
from service.store.database import Database
from service.store.participants import State
from service.store.schema import upgrade
from service.worker.collecting import Collector
from tests.delivery.dovecot import run_dovecot
from tests.delivery.test_intake import send, states
from tests.delivery.test_returned import CORPUS, NOW, VERP


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "studybell.db")
    opened.submit(upgrade).result()
    yield opened
    opened.close()


@dataclass
class Box:
    """A mailbox in memory; `visits` counts how often it was opened, `fault` is what then happens."""

    mails: dict[str, bytes] = field(default_factory=dict)
    put_away: dict[str, bool] = field(default_factory=dict)
    visits: int = 0
    fault: Exception | None = None

    @contextmanager
    def open(self) -> Iterator[OpenInbox]:
        self.visits += 1
        if self.fault:
            raise self.fault
        yield cast(OpenInbox, _OpenBox(self))


@dataclass
class _OpenBox:
    box: Box

    def list_new(self, most: int) -> list[str]:
        return [uid for uid in self.box.mails if uid not in self.box.put_away][:most]

    def read(self, uid: str) -> bytes:
        return self.box.mails[uid]

    def put_away(self, uid: str, *, understood: bool) -> None:
        self.box.put_away[uid] = understood


@dataclass
class Clock:
    time: Any = NOW

    def now(self) -> Any:
        return self.time


def load(name: str, delivery_id: int = 1, participant_id: int = 1) -> bytes:
    content = (CORPUS / f"{name}.eml").read_bytes()
    content = content.replace(b"bounces+TOKEN@example.org", VERP.return_address(delivery_id, NOW).encode())
    return content.replace(b"bounces+u-LEAVE@example.org", VERP.leave_address(participant_id, 0).encode())


def hire(database: Database, box: Box | Inbox, clock: Clock | None = None) -> Collector:
    return Collector(database, cast(Inbox, box), VERP, (clock or Clock()).now)


async def test_all_that_came_is_taken_in_and_put_away(database: Database) -> None:
    hana, gil, *_ = await database.write(send)
    box = Box(
        {
            "1": load("ignored/vacation", hana.id),
            "2": load("bounced/gmail-no-such-user", hana.id),
            "3": b"\xff",
            "4": load("leaving/by-hand", participant_id=gil.participant_id),
        }
    )

    assert await hire(database, box).collect() == 4

    assert await database.read(states) == {"hana": State.SUPPRESSED, "gil": State.UNSUBSCRIBED}
    assert box.put_away == {"1": False, "2": True, "3": False, "4": True}


async def test_it_is_visited_every_five_minutes(database: Database) -> None:
    box, clock = Box(), Clock()
    collector = hire(database, box, clock)
    for seconds in (0, 10, 299, 300, 599, 601, 0):
        clock.time = NOW + timedelta(seconds=seconds)
        collector.look()
        await collector.close()

    assert box.visits == 4  # at 0, 300 and 601, and as the clock was set back


@pytest.mark.parametrize("fault", [InboxTrouble("away"), RuntimeError("a bug")])
async def test_trouble_is_told_and_the_next_visit_tries_again(
    database: Database, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    box = Box({"1": b"\n"}, fault=fault)
    collector = hire(database, box)

    assert await collector.collect() == 0
    box.fault = None
    assert await collector.collect() == 1

    assert any(record.levelname in ("WARNING", "ERROR") for record in caplog.records)


async def test_what_speaks_of_us_is_told_loudly(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    hana, *_ = await database.write(send)

    await hire(database, Box({"1": load("bounced/gmail-unauthenticated", hana.id)})).collect()

    assert [record.levelname for record in caplog.records if "speaks of us" in record.message] == ["WARNING"]


async def test_a_visit_that_is_under_way_ends_soon(database: Database) -> None:
    box = Box({str(number): b"\n" for number in range(200)})
    collector = hire(database, box)

    collector.look()
    await asyncio.wait_for(collector.close(), 10)

    assert len(box.put_away) < 200


async def test_a_real_mailbox_is_emptied_once(database: Database) -> None:
    hana, *_ = await database.write(send)
    with run_dovecot() as dovecot:
        dovecot.deliver(load("bounced/qmail", hana.id), load("ignored/spam"))
        collector = hire(database, dovecot.inbox(Security.NONE))

        assert [await collector.collect() for _ in range(2)] == [2, 0]

        assert (dovecot.count(read=True), dovecot.count("Done", read=True)) == (1, 1)
    assert (await database.read(states))["hana"] is State.SUPPRESSED
