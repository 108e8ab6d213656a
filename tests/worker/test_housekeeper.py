"""The housekeeper: how often it tidies up."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from service.store import membership, participants
from service.store.database import Database
from service.store.participants import State
from service.worker.housekeeper import Housekeeper

NOW = datetime(2024, 2, 14, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=8)


async def register(database: Database) -> None:
    def enter(connection: Connection) -> None:
        membership.add(
            connection,
            series="season",
            address="bot@example.org",
            language="en",
            timezone="UTC",
            state=State.PENDING,
            now=LONG_AGO,
        )

    await database.write(enter)


async def is_kept(database: Database) -> bool:
    return bool(await database.read(participants.list_all))


async def test_it_tidies_up_at_once_and_then_every_hour(database: Database) -> None:
    housekeeper = Housekeeper(database)
    kept = []
    for minutes in (0, 59, 60):
        await register(database)
        await housekeeper.tidy(NOW + timedelta(minutes=minutes))
        kept.append(await is_kept(database))

    assert kept == [False, True, False]


async def test_a_clock_that_was_turned_back_does_not_stop_it(database: Database) -> None:
    housekeeper = Housekeeper(database)
    await housekeeper.tidy(NOW + timedelta(days=400))
    await register(database)

    await housekeeper.tidy(NOW)

    assert not await is_kept(database)
