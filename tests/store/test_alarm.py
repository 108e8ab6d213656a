"""The alarm on both databases: one mail when mails stop leaving, one when they leave again."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, update

from service.store import alarm, lanes, ledger
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import Delivery, DeliveryState, Kind
from service.store.stops import Stop
from service.store.tables import deliveries
from tests.store.season import DAY_BEFORE, HOUR, MINUTE
from tests.store.test_lanes import REMINDERS_HELD

CUT_OFF = (DAY_BEFORE, "auth: 535 5.7.8 wrong password")


async def look(database: Database, minutes: int, cut_off: tuple[datetime, str] | None = None) -> None:
    await database.write(partial(alarm.watch, cut_off=cut_off, now=DAY_BEFORE + timedelta(minutes=minutes)))


async def told(database: Database) -> list[Kind]:
    return [row.kind for row in await database.read(ledger.list_all)]


def leave(connection: Connection) -> None:
    """The relay takes what is owed."""
    connection.execute(update(deliveries).values(state=DeliveryState.SENT))


async def test_a_service_that_sends_tells_nothing(database: Database) -> None:
    await look(database, 0)

    assert await told(database) == []


async def test_a_relay_that_is_cut_off_is_told_once_until_it_is_back(database: Database) -> None:
    for minutes in (1, 2, 3):
        await look(database, minutes, CUT_OFF)
    await look(database, 4, (DAY_BEFORE, "connect: no route"))
    await look(database, 5)

    assert await told(database) == [Kind.SENDING_STOPPED], "the mail that tells it waits for the relay as well"
    await database.write(leave)
    for minutes in (6, 7):
        await look(database, minutes)

    stopped, resumed = await database.read(ledger.list_all)
    assert (stopped.kind, stopped.note, stopped.starts_at) == (Kind.SENDING_STOPPED, CUT_OFF[1], DAY_BEFORE)
    assert (resumed.kind, resumed.note, resumed.starts_at) == (Kind.SENDING_RESUMED, CUT_OFF[1], DAY_BEFORE)
    assert resumed.due_at == DAY_BEFORE + 6 * MINUTE


async def test_a_second_stop_is_news_again(database: Database) -> None:
    await look(database, 1, CUT_OFF)
    await database.write(leave)
    await look(database, 2)
    await look(database, 60, (DAY_BEFORE + HOUR, CUT_OFF[1]))

    assert await told(database) == [Kind.SENDING_STOPPED, Kind.SENDING_RESUMED, Kind.SENDING_STOPPED]


async def test_a_held_lane_is_told_and_over_when_it_is_let_go(database: Database) -> None:
    def hold(connection: Connection) -> None:
        lanes.hold(connection, REMINDERS_HELD, (), DAY_BEFORE)
        alarm.watch(connection, None, DAY_BEFORE)

    await database.write(hold)
    await database.write(leave)
    await look(database, 1)
    assert await told(database) == [Kind.SENDING_STOPPED], "the mail has left, and the lane is held still"
    await database.write(lambda connection: lanes.release(connection, REMINDERS_HELD.lane))
    await look(database, 9)

    stopped, resumed = await database.read(ledger.list_all)
    assert (stopped.kind, resumed.kind) == (Kind.SENDING_STOPPED, Kind.SENDING_RESUMED)
    assert Stop.read(stopped.note) == Stop.read(resumed.note) == Stop(REMINDERS_HELD.reason, held=Lane.REMINDERS)


async def test_each_lane_that_is_held_is_told_but_for_the_organisers_own(database: Database) -> None:
    def hold(connection: Connection) -> None:
        for minutes, lane in enumerate((Lane.ORGANISER, Lane.REMINDERS, Lane.NOTICES)):
            since = DAY_BEFORE + minutes * MINUTE
            lanes.hold(connection, replace(REMINDERS_HELD, lane=lane, since=since), (), since)
            alarm.watch(connection, None, since)

    await database.write(hold)

    rows = await database.read(ledger.list_all)
    assert [Stop.read(row.note).held for row in rows] == [Lane.REMINDERS, Lane.NOTICES]


async def test_what_is_told_is_about_no_series_and_goes_to_the_organiser(database: Database) -> None:
    await look(database, 1, CUT_OFF)

    row: Delivery
    (row,) = await database.read(ledger.list_all)
    assert (row.participant_id, row.series, row.session) == (0, "", "")
    assert row.kind in ledger.TO_ORGANISER
