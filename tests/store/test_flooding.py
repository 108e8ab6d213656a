"""A flood of sign-ups on both databases: what is turned away is counted, and told once a day at most."""

from functools import partial

from sqlalchemy import Connection, select

from service.store import ledger
from service.store.database import Database
from service.store.flooding import Flood, measure, note_refusal, owe_flood, read_flood
from service.store.housekeeping import tidy
from service.store.keys import Keys
from service.store.ledger import Kind
from service.store.limits import Answer
from service.store.registration import Registration, register
from service.store.tables import refusals
from tests.store.season import DAY, DAY_BEFORE, HOUR, MINUTE, SERIES

KEYS = Keys(b"k" * 32)
NOW = DAY_BEFORE


def ask(connection: Connection, number: int) -> Answer:
    """Somebody in one network types an address."""
    wish = Registration(
        series=SERIES,
        address=f"reader{number}@example.org",
        name="",
        language="en",
        timezone="UTC",
        client="one network",
    )
    return register(connection, KEYS, wish, now=NOW, until=NOW + DAY)


async def test_who_is_turned_away_is_counted_and_nothing_else_is_kept_of_them(database: Database) -> None:
    answers = [await database.write(partial(ask, number=number)) for number in range(60)]

    flood = await database.read(partial(measure, now=NOW + MINUTE))
    assert flood == Flood(refused=answers.count(Answer.TOO_MANY), doubted=0, mailed=answers.count(Answer.WELCOME))
    assert flood.refused == 10


async def test_it_is_told_once_a_day_with_its_numbers(database: Database) -> None:
    flood = Flood(refused=412, doubted=37, mailed=88)
    for hours in (0, 1, 23, 24, 47):
        await database.write(partial(owe_flood, flood=flood, now=NOW + hours * HOUR))

    rows = await database.read(ledger.list_all)
    assert [(row.kind, row.due_at) for row in rows] == [(Kind.SIGN_UP_FLOOD, NOW), (Kind.SIGN_UP_FLOOD, NOW + DAY)]
    assert {read_flood(row.note) for row in rows} == {flood}


def test_a_few_are_no_flood() -> None:
    assert not Flood(refused=40, doubted=9, mailed=900).is_news
    assert Flood(refused=40, doubted=10, mailed=0).is_news


async def test_only_the_last_day_counts_and_older_days_are_forgotten(database: Database) -> None:
    def flood(connection: Connection) -> None:
        for hours in (0, 12, 30):
            for is_doubt in (True, False):
                note_refusal(connection, is_doubt=is_doubt, now=NOW + hours * HOUR)

    await database.write(flood)

    assert await database.read(partial(measure, now=NOW + 30 * HOUR)) == Flood(refused=2, doubted=2, mailed=0)
    await database.write(partial(tidy, now=NOW + 70 * HOUR))
    assert len(await database.read(lambda connection: connection.execute(select(refusals)).all())) == 2


async def test_a_flood_is_written_down_no_longer_when_it_is_surely_one(database: Database) -> None:
    def flood(connection: Connection) -> None:
        note_refusal(connection, is_doubt=False, now=NOW)
        connection.execute(refusals.update().values(total=9_999))
        for _ in range(3):
            note_refusal(connection, is_doubt=False, now=NOW)

    await database.write(flood)

    assert (await database.read(partial(measure, now=NOW + MINUTE))).refused == 10_000
