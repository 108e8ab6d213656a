"""Choices: the database counts that the people have changed, so that nobody needs to read them to know."""

from contextlib import suppress

from sqlalchemy import Connection

from service.store import membership
from service.store.database import Database
from service.store.participants import count_choices
from service.store.tables import participants
from tests.store import season
from tests.store.season import DAY_BEFORE, SERIES


async def test_whoever_comes_goes_or_chooses_is_counted(database: Database) -> None:
    counts = [await database.read(count_choices)]
    for change in (
        lambda c: season.join(c, "reader"),
        lambda c: c.execute(participants.update().values(leads="1d")).rowcount,
        lambda c: membership.remove(c, SERIES, ["reader@example.org"], DAY_BEFORE),
    ):
        await database.write(change)
        counts.append(await database.read(count_choices))

    assert counts == sorted(set(counts))


async def test_what_is_taken_back_does_not_hide_what_comes_after_it(database: Database) -> None:
    def change(connection: Connection) -> None:
        with suppress(ZeroDivisionError), connection.begin_nested():
            season.join(connection, "nobody")
            raise ZeroDivisionError
        season.join(connection, "reader")

    before = await database.read(count_choices)
    await database.write(change)
    between = await database.read(count_choices)
    await database.write(lambda connection: season.join(connection, "other"))

    assert before < between < await database.read(count_choices)


async def test_many_who_come_at_once_take_time_that_grows_with_their_number(database: Database, address: str) -> None:
    """PostgreSQL finds a row ever more slowly that one transaction writes again and again."""

    def bring_many(connection: Connection) -> None:
        for number in range(50):
            season.join(connection, f"reader{number}")

    before = await database.read(count_choices)
    await database.write(bring_many)

    assert await database.read(count_choices) - before == (1 if address else 50)
