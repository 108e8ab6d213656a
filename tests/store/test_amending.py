"""Amending on both databases: what a person may try again or close, and that the ledger's books stay right."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import Connection, update

from service.store import amending, claiming, lanes, ledger, owing
from service.store.amending import NotAmendable
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import Delivery, DeliveryState, Kind
from service.store.tables import deliveries
from tests.store import season
from tests.store.season import DAY_BEFORE, HOUR, MINUTE, SERIES, START, VERSION
from tests.store.test_lanes import REMINDERS_HELD

NOW = DAY_BEFORE + MINUTE
RETRIED = (DeliveryState.FAILED, DeliveryState.PARKED, DeliveryState.UNCERTAIN, DeliveryState.EXPIRED)
Rows = dict[DeliveryState, Delivery]


def enter(states: Collection[DeliveryState], **more: object) -> Callable[[Connection], Rows]:
    """Enters a reminder in each of the states, to a reader each."""

    def work(connection: Connection) -> Rows:
        season.publish(connection, VERSION)
        for state in states:
            season.join(connection, str(state))
        owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE)
        for row, state in zip(ledger.list_all(connection), states, strict=True):
            values = {"state": state, "reason": "550 no", "settled_at": DAY_BEFORE, **more}
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(**values))
        return read(connection)

    return work


def read(connection: Connection) -> Rows:
    return {row.state: row for row in ledger.list_all(connection)}


def claim(connection: Connection) -> list[Delivery]:
    return claiming.claim(connection, "me", Lane.REMINDERS, NOW, 10)


def retry(delivery: Delivery, now: datetime = NOW) -> Callable[[Connection], Delivery]:
    return partial(amending.retry, delivery_id=delivery.id, now=now)


def close(delivery: Delivery, state: DeliveryState) -> Callable[[Connection], Delivery]:
    return partial(amending.settle_by_hand, delivery_id=delivery.id, state=state, because="she told me", now=NOW)


async def test_what_did_not_arrive_is_tried_again(database: Database) -> None:
    rows = await database.write(enter(RETRIED))

    for row in rows.values():
        assert await database.write(retry(row)) == row

    again = await database.read(ledger.list_all)
    assert [row.reason for row in again] == [f"retried by hand; it was {state}: 550 no" for state in RETRIED]
    assert {(row.state, row.next_at) for row in again} == {(DeliveryState.PLANNED, NOW)}
    assert len(await database.write(claim)) == len(RETRIED)


async def test_what_was_sent_or_is_not_wanted_or_is_under_way_is_neither_tried_again_nor_closed(
    database: Database,
) -> None:
    why = {
        DeliveryState.SENT: "it was sent",
        DeliveryState.CANCELLED: r"it is not wanted any more \(550 no\)",
        DeliveryState.CLAIMED: "it is on its way this very moment",
        DeliveryState.HANDING: "it is on its way this very moment",
    }
    rows = await database.write(enter(why))

    for state, words in why.items():
        with pytest.raises(NotAmendable, match=f"delivery {rows[state].id} cannot be tried again: {words}"):
            await database.write(retry(rows[state]))
        with pytest.raises(NotAmendable, match=f"delivery {rows[state].id} cannot be closed by hand: {words}"):
            await database.write(close(rows[state], DeliveryState.FAILED))

    assert await database.read(read) == rows


async def test_what_waits_to_be_sent_needs_no_trying_again(database: Database) -> None:
    (row,) = (await database.write(enter([DeliveryState.PLANNED]))).values()

    with pytest.raises(NotAmendable, match="it is waiting and will be sent after 2024-01-26 12:00 UTC"):
        await database.write(retry(row))


async def test_a_reminder_that_expired_may_leave_until_two_minutes_before_its_session(database: Database) -> None:
    (row,) = (await database.write(enter([DeliveryState.EXPIRED]))).values()

    with pytest.raises(NotAmendable, match="its session has begun, or is about to"):
        await database.write(retry(row, START - 2 * MINUTE))
    await database.write(retry(row, START - 3 * MINUTE))

    assert (await database.read(read))[DeliveryState.PLANNED].expires_at == START - 2 * MINUTE


async def test_a_mail_of_no_session_is_not_sent_after_it_expired(database: Database) -> None:
    def owe(connection: Connection) -> Delivery:
        owing.owe(connection, Kind.CONFIRMATION, SERIES, 1, DAY_BEFORE, NOW + HOUR)
        connection.execute(update(deliveries).values(state=DeliveryState.FAILED))
        return ledger.list_all(connection)[0]

    row = await database.write(owe)

    with pytest.raises(NotAmendable, match="it would come too late"):
        await database.write(retry(row, NOW + HOUR))


async def test_who_tries_again_what_may_have_arrived_keeps_that_on_record(database: Database) -> None:
    (row,) = (await database.write(enter([DeliveryState.UNCERTAIN], doubts=2))).values()

    await database.write(retry(row))

    assert (await database.read(read))[DeliveryState.PLANNED].doubts == 2


async def test_trying_again_lets_a_held_lane_try_one_mail_at_once(database: Database) -> None:
    (row,) = (await database.write(enter([DeliveryState.FAILED]))).values()
    await database.write(lambda connection: lanes.hold(connection, REMINDERS_HELD, (), DAY_BEFORE))

    await database.write(retry(row))

    (hold,) = (await database.read(lanes.held)).values()
    assert hold.until == NOW


@pytest.mark.parametrize("as_state", amending.SETTLED_BY_HAND)
async def test_what_is_not_under_way_can_be_closed_with_a_word(database: Database, as_state: DeliveryState) -> None:
    rows = await database.write(enter([*RETRIED, DeliveryState.PLANNED]))

    for row in rows.values():
        await database.write(close(row, as_state))

    closed = await database.read(ledger.list_all)
    assert {(row.state, row.reason) for row in closed} == {(as_state, "closed by hand: she told me")}
    assert await database.write(claim) == []


async def test_nothing_is_closed_as_what_it_is_not(database: Database) -> None:
    (row,) = (await database.write(enter([DeliveryState.PARKED]))).values()

    with pytest.raises(NotAmendable, match="as sent or as failed"):
        await database.write(close(row, DeliveryState.PLANNED))


async def test_a_delivery_that_is_not_there_is_told(database: Database) -> None:
    with pytest.raises(NotAmendable, match="there is no delivery 7"):
        await database.write(partial(amending.retry, delivery_id=7, now=NOW))


async def test_whether_trying_again_is_possible_is_known_beforehand(database: Database) -> None:
    rows = await database.write(enter(list(DeliveryState)))

    assert [state for state, row in rows.items() if amending.could_retry(row, NOW)] == [
        state for state in DeliveryState if state in RETRIED
    ]
    assert not any(amending.could_retry(row, START) for row in rows.values())
