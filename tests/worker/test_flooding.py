"""The watch for floods of sign-ups: it looks now and then, and the ledger takes the news once a day."""

from functools import partial

from sqlalchemy import Connection

from service.store import ledger
from service.store.database import Database
from service.store.flooding import note_refusal
from service.worker.flooding import FloodWatch
from tests.store.season import DAY_BEFORE, HOUR, MINUTE

NOW = DAY_BEFORE


def refuse(connection: Connection, count: int) -> None:
    for _ in range(count):
        note_refusal(connection, is_doubt=False, now=NOW)


async def test_a_flood_is_told_within_minutes_and_by_one_of_several_processes(database: Database) -> None:
    one, another = FloodWatch(database), FloodWatch(database)
    await database.write(partial(refuse, count=49))
    assert await one.plan(NOW) == 0

    await database.write(partial(refuse, count=1))
    owed = [await watch.plan(NOW + minutes * MINUTE) for minutes in (9, 10, 20, 90) for watch in (one, another)]

    assert owed == [0, 1, 0, 0, 0, 0, 0, 0]
    assert len(await database.read(ledger.list_all)) == 1
    assert one.next_turn(NOW) is None


async def test_a_clock_that_is_put_back_does_not_stop_it(database: Database) -> None:
    watch = FloodWatch(database)
    await watch.plan(NOW + HOUR)
    await database.write(partial(refuse, count=50))

    assert await watch.plan(NOW) == 1
