"""Slices: a crowd enters the ledger a part at a time, nobody twice, nobody left out, and nobody's mail held up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from service.reminders.occasion import Audience
from service.store import claiming, ledger, owing
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import DeliveryState, Kind
from service.store.slices import Slice, cut
from service.store.tables import participants
from tests.store import season
from tests.store.season import DAY_BEFORE, SERIES, VERSION

SEOUL = Audience("Asia/Seoul", "")
OCCASION = season.occasions()["1d"]


def assemble(connection: Connection, count: int) -> None:
    season.publish(connection, VERSION)
    for number in range(count):
        season.join(connection, f"reader{number}")
        season.join(connection, f"far{number}", timezone="Europe/Paris")


def slices(connection: Connection, most: int) -> Iterator[Slice]:
    after: int | None = 0
    while after is not None:
        yield (one := cut(connection, SERIES, SEOUL, after, most))
        after = one.last


@pytest.mark.parametrize(("most", "sizes"), [(2, [2, 2, 1]), (5, [5, 0]), (9, [5])])
async def test_slices_are_everybody_of_an_audience_once(database: Database, most: int, sizes: list[int]) -> None:
    await database.write(lambda connection: assemble(connection, 5))

    found = await database.read(lambda connection: list(slices(connection, most)))

    assert [one.size for one in found] == sizes
    assert [one.after for one in found[1:]] == [one.last for one in found[:-1]]
    assert found[-1].last is None


async def test_what_is_owed_by_slices_is_what_is_owed_at_once(database: Database) -> None:
    def plan(connection: Connection) -> list[int]:
        assemble(connection, 5)
        return [owing.owe_reminders(connection, SERIES, OCCASION, DAY_BEFORE, one) for one in slices(connection, 2)]

    assert await database.write(plan) == [2, 2, 1]
    assert await database.write(lambda c: owing.owe_reminders(c, SERIES, OCCASION, DAY_BEFORE)) == 0
    (owed,) = {row.timezone for row in await database.read(ledger.list_all)}
    assert owed == "Asia/Seoul"


async def test_who_is_told_in_another_way_is_left_out_of_every_slice(database: Database) -> None:
    def plan(connection: Connection) -> list[int]:
        assemble(connection, 3)
        whom = participants.c.address == "reader1@example.org"
        times = {"starts_at": season.START, "due_at": DAY_BEFORE, "expires_at": season.START}
        row = owing.prepare(Kind.MOVED, SERIES, **times, now=DAY_BEFORE)
        owing.insert_for(connection, {**row, "session": VERSION.uid, "rule": "1"}, whom)
        return [owing.owe_reminders(connection, SERIES, OCCASION, DAY_BEFORE, one) for one in slices(connection, 1)]

    assert await database.write(plan) == [1, 0, 1, 0]


async def test_to_plan_again_does_not_wait_for_mails_that_are_on_their_way(database: Database, address: str) -> None:
    """Another process that plans the same must not hold up, or deadlock with, the one that sends."""
    if not address:
        pytest.skip("SQLite has one process only")

    def begin(connection: Connection) -> None:
        assemble(connection, 3)
        owing.owe_reminders(connection, SERIES, OCCASION, DAY_BEFORE)

    def plan_again_meanwhile(connection: Connection) -> int:
        assert len(claiming.claim(connection, "one", Lane.REMINDERS, DAY_BEFORE, 9)) == 3
        other = Database(Path(), address)
        try:
            return other.submit(plan_without_waiting).result(30)
        finally:
            other.close()

    def plan_without_waiting(connection: Connection) -> int:
        connection.execute(text("SET LOCAL lock_timeout = '1s'"))
        return owing.owe_reminders(connection, SERIES, OCCASION, DAY_BEFORE)

    await database.write(begin)

    assert await database.write(plan_again_meanwhile) == 0


async def test_a_ledger_that_looks_empty_fills_in_time_that_grows_with_the_crowd(database: Database) -> None:
    """PostgreSQL, which knew of no row yet, once looked at all rows of the session for each new one."""
    count = 20_000

    def plan(connection: Connection) -> int:
        season.publish(connection, VERSION)
        first = season.join(connection, "reader")
        one = select(*(column for column in participants.c if column.name not in ("id", "address", "address_key")))
        names = [column.name for column in one.selected_columns]
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
        connection.execute(
            text(
                f"INSERT INTO participants ({', '.join(names)}, address, address_key) {numbers}"
                f"SELECT {', '.join(names)}, 'r' || i || '@example.org', 'r' || i || '@example.org'"
                " FROM participants, n WHERE id = :first"
            ),
            {"count": count, "first": first},
        )
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = '10s'"))
        return owing.owe_reminders(connection, SERIES, OCCASION, DAY_BEFORE)

    assert await database.write(plan) == count + 1
    assert (await database.read(ledger.tally))[DeliveryState.PLANNED] == count + 1
