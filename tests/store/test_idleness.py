"""Idleness on both databases: a courier is left alone exactly as long as it has nothing to do."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from service.store import alarm, lanes, owing
from service.store.database import Database
from service.store.idleness import is_idle
from service.store.ledger import DeliveryState
from service.store.tables import deliveries
from tests.store.season import DAY_BEFORE, HOUR, MINUTE, SERIES, VERSION, join, occasions, publish
from tests.store.test_lanes import REMINDERS_HELD


def owe(connection: Connection, **other: Any) -> None:
    """One reminder, due at `DAY_BEFORE` unless it is made otherwise."""
    publish(connection, VERSION)
    join(connection, "ann")
    owing.owe_reminders(connection, SERIES, occasions()["1d"], DAY_BEFORE)
    if other:
        connection.execute(update(deliveries).values(**other))


async def idle(database: Database, after: timedelta = timedelta(0)) -> bool:
    return await database.read(lambda connection: is_idle(connection, DAY_BEFORE + after))


async def test_an_empty_ledger_asks_for_nothing(database: Database) -> None:
    assert await idle(database)


async def test_what_is_due_asks_for_a_courier_and_what_is_sent_does_not(database: Database) -> None:
    await database.write(owe)

    assert await idle(database, -MINUTE)
    assert not await idle(database)
    await database.write(lambda connection: connection.execute(update(deliveries).values(state=DeliveryState.SENT)))
    assert await idle(database)


async def test_what_rests_waits_until_it_is_to_be_tried_again(database: Database) -> None:
    await database.write(lambda connection: owe(connection, next_at=DAY_BEFORE + HOUR))

    assert await idle(database, HOUR - MINUTE)
    assert not await idle(database, HOUR)


async def test_what_comes_too_late_is_to_be_closed_even_while_it_rests(database: Database) -> None:
    resting = {"next_at": DAY_BEFORE + 2 * HOUR, "expires_at": DAY_BEFORE + HOUR}
    await database.write(lambda connection: owe(connection, **resting))

    assert await idle(database)
    assert not await idle(database, HOUR)


@pytest.mark.parametrize("state", [DeliveryState.CLAIMED, DeliveryState.HANDING])
async def test_what_somebody_holds_may_have_been_left_behind(database: Database, state: DeliveryState) -> None:
    await database.write(lambda connection: owe(connection, state=state, owner="somebody"))

    assert not await idle(database)


async def test_a_held_lane_is_looked_after(database: Database) -> None:
    await database.write(lambda connection: lanes.hold(connection, REMINDERS_HELD, (), DAY_BEFORE))

    assert not await idle(database)


async def test_the_end_of_a_stop_is_told_before_there_is_peace(database: Database) -> None:
    def stop(connection: Connection) -> None:
        alarm.watch(connection, (DAY_BEFORE, "connect: no route"), DAY_BEFORE)
        connection.execute(update(deliveries).values(state=DeliveryState.SENT))

    await database.write(stop)
    assert not await idle(database)

    await database.write(lambda connection: alarm.watch(connection, None, DAY_BEFORE))
    await database.write(lambda connection: connection.execute(update(deliveries).values(state=DeliveryState.SENT)))
    assert await idle(database)
