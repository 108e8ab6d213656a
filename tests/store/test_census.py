"""The census: it finds nothing as long as only the ledger's own hands move rows, and everything else at once."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from service.store import claiming, membership, owing, participants, settling
from service.store.census import Census, take_census, take_stock
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import DeliveryState, Kind
from service.store.settling import Settlement
from service.store.tables import deliveries
from tests.store import season
from tests.store.season import DAY, DAY_BEFORE, HOUR, MINUTE, SERIES, START, VERSION

PEOPLE = 12


def live_a_day(connection: Connection) -> None:
    """A reminder for a dozen people: sent, refused, in doubt, given back, withdrawn, expired, and planned twice."""
    season.publish(connection, VERSION)
    for number in range(PEOPLE):
        season.join(connection, f"reader{number}")
    for _ in range(2):
        owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE)
    owing.owe_organiser(connection, Kind.SOURCE_BROKEN, SERIES, DAY_BEFORE, "a line is wrong", DAY_BEFORE)
    claimed = claiming.claim(connection, "me", Lane.REMINDERS, DAY_BEFORE, PEOPLE - 3)
    endings = (
        Settlement(state=DeliveryState.SENT, reason="250 ok"),
        Settlement(state=DeliveryState.FAILED, reason="550 no such user"),
        Settlement(state=DeliveryState.PLANNED, reason="in doubt", next_at=DAY_BEFORE + MINUTE, doubt=True),
        Settlement(state=DeliveryState.UNCERTAIN, reason="in doubt", doubt=True),
        Settlement(state=DeliveryState.PARKED, reason="cannot be written", burnt=False),
    )
    for delivery, ending in zip(claimed, endings, strict=False):
        assert claiming.hand_off(connection, "me", [delivery], DAY_BEFORE)
        assert settling.settle(connection, [(delivery, ending)], DAY_BEFORE)
    claiming.hand_off(connection, "me", [claimed[5]], DAY_BEFORE)
    claiming.give_back(connection, owner="me")
    leaving = participants.by_id(connection, claimed[6].participant_id)
    membership.unsubscribe(connection, leaving, DAY_BEFORE)
    claiming.claim(connection, "other", Lane.REMINDERS, DAY_BEFORE, 2)
    settling.expire(connection, START)


async def test_a_day_of_every_kind_of_ending_is_lawful(database: Database) -> None:
    await database.write(live_a_day)

    census = await database.read(take_census)

    assert census.flaws == ()
    assert census.is_lawful
    assert census.stock.entered == PEOPLE + 1
    assert census.stock.missing == 0
    assert all(census.stock.states[state] for state in DeliveryState), "each state was met"


async def test_what_was_rolled_back_was_never_planned(database: Database) -> None:
    def fail(connection: Connection) -> None:
        live_a_day(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(fail)
    assert (await database.read(take_stock)).entered == 0
    await database.write(live_a_day)

    assert (await database.read(take_stock)).missing == 0


SPOILT: dict[str, dict[str, Any]] = {
    "are in a state that does not exist": {"state": "lost"},
    "are held by a process but not claimed": {"owner": "somebody"},
    "are claimed by nobody": {"state": "claimed", "owner": "", "settled_at": None},
    "are claimed for ever": {"state": "claimed", "owner": "x", "leased_until": 0.0, "settled_at": None},
    "are over but nobody knows since when": {"settled_at": None},
    "are open although they were over": {"state": "planned"},
    "are on their way without an attempt": {"state": "handing", "owner": "x", "leased_until": 1.0, "attempts": 0},
    "count less than nothing": {"attempts": -1},
    "are over and uncertain, but were never in doubt": {"state": "uncertain"},
    "were planned after their reader had left, and sent": {"created_at": START + HOUR},
}


async def test_a_row_in_a_shape_that_cannot_be_is_found(database: Database) -> None:
    def spoil(connection: Connection) -> dict[str, Census]:
        live_a_day(connection)
        sent = connection.execute(select(deliveries).where(deliveries.c.state == DeliveryState.SENT)).one()
        membership.unsubscribe(connection, participants.by_id(connection, sent.participant_id), START)
        found = {}
        for words, change in SPOILT.items():
            savepoint = connection.begin_nested()
            connection.execute(update(deliveries).where(deliveries.c.id == sent.id).values(**change))
            found[words] = take_census(connection)
            savepoint.rollback()
        return found

    for words, census in (await database.write(spoil)).items():
        assert f"1 deliveries {words}" in census.flaws


async def test_a_row_that_vanished_is_missed_whoever_took_it(database: Database) -> None:
    await database.write(live_a_day)
    await database.write(
        lambda connection: connection.execute(delete(deliveries).where(deliveries.c.state == DeliveryState.SENT))
    )

    census = await database.read(take_census)

    assert census.flaws == ("13 deliveries were planned, but 12 are there",)
    assert census.stock.missing == 1


@pytest.mark.parametrize("address", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_a_mail_that_stands_in_the_ledger_twice_is_found(database: Database) -> None:
    """The index that forbids it may be damaged."""
    unique = "uq_deliveries_kind_participant_id_session_starts_at_rule"

    def spoil(connection: Connection) -> Census:
        live_a_day(connection)
        connection.execute(text(f"ALTER TABLE deliveries DROP CONSTRAINT {unique}"))
        row = connection.execute(select(deliveries).limit(1)).mappings().one()
        connection.execute(insert(deliveries).values({**row, "id": 10_000}))
        return take_census(connection)

    assert (await database.write(spoil)).flaws == ("1 mails stand in the ledger more than once",)


@pytest.mark.parametrize("address", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_processes_that_plan_at_the_same_time_are_both_counted(
    database: Database, address: str, tmp_path: Path
) -> None:
    await database.write(live_a_day)
    other = Database(tmp_path / "unused", address)
    for number, process in enumerate((database, other)):
        day = START + number * DAY
        await process.write(
            partial(owing.owe_organiser, kind=Kind.SOURCE_BROKEN, series=SERIES, since=day, note="", now=day)
        )
    other.close()

    stock = await database.read(take_stock)

    assert (stock.entered, stock.missing) == (PEOPLE + 3, 0)
