"""The last check between two processes: who was answered before it is committed gets no mail.

Only PostgreSQL lets two write at the same time; SQLite has them wait for each other anyway.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from service.store import claiming, membership, owing, participants
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import Delivery
from tests.store import season
from tests.store.season import DAY_BEFORE, HOUR, SERIES, VERSION

Event = Callable[[Connection], None]
ON_POSTGRESQL = pytest.mark.parametrize(
    "address", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
SECONDS = 20
A_MOMENT = 0.3


def leave(connection: Connection) -> None:
    person = participants.find(connection, SERIES, "reader@example.org")
    assert person
    membership.unsubscribe(connection, person, DAY_BEFORE)


def move(connection: Connection) -> None:
    season.publish(connection, season.moved(HOUR))


@pytest.fixture
def other(database: Database, address: str, tmp_path: Path) -> Iterator[Database]:
    """The same database, for another process."""
    opened = Database(tmp_path / "unused", address)
    yield opened
    opened.close()


async def claim(database: Database) -> Delivery:
    def enter(connection: Connection) -> Delivery:
        season.publish(connection, VERSION)
        season.join(connection, "reader")
        owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE)
        (claimed,) = claiming.claim(connection, "me", Lane.REMINDERS, DAY_BEFORE, 1)
        return claimed

    return await database.write(enter)


@ON_POSTGRESQL
@pytest.mark.parametrize("event", [leave, move])
async def test_what_is_answered_while_the_last_check_runs_is_obeyed(
    database: Database, other: Database, event: Event
) -> None:
    claimed = await claim(database)
    happened, asked, answered = threading.Event(), threading.Event(), threading.Event()

    def happen(connection: Connection) -> None:
        event(connection)
        happened.set()
        assert asked.wait(SECONDS)
        answered.wait(A_MOMENT)  # the last check is made before this is committed, unless it waits

    def check(connection: Connection) -> set[int]:
        assert happened.wait(SECONDS)
        asked.set()
        may_leave = claiming.hand_off(connection, "me", [claimed], DAY_BEFORE)
        assert answered.wait(SECONDS)
        return may_leave

    checking = asyncio.create_task(database.write(check))
    await other.write(happen)
    answered.set()

    assert await checking == set()


@ON_POSTGRESQL
@pytest.mark.parametrize("event", [leave, move])
async def test_nobody_is_answered_between_the_last_check_and_its_commit(
    database: Database, other: Database, event: Event
) -> None:
    claimed = await claim(database)
    checked, answered = threading.Event(), threading.Event()

    def check(connection: Connection) -> tuple[set[int], bool]:
        may_leave = claiming.hand_off(connection, "me", [claimed], DAY_BEFORE)
        checked.set()
        return may_leave, answered.wait(A_MOMENT)

    checking = asyncio.create_task(database.write(check))
    assert await asyncio.to_thread(checked.wait, SECONDS)
    await other.write(event)
    answered.set()

    assert await checking == ({claimed.id}, False)
