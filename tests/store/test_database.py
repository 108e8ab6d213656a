"""The database: durable groups, units that do not disturb each other, errors that tell what to do."""

import asyncio
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from service.store.database import Database, DatabaseTrouble
from service.store.tables import facts


def remember(connection: Connection, name: str) -> str:
    connection.execute(insert(facts).values(name=name, value="x"))
    return name


def names(connection: Connection) -> set[str]:
    return set(connection.execute(select(facts.c.name)).scalars())


async def test_what_was_written_can_be_read(database: Database) -> None:
    assert await database.write(lambda c: remember(c, "one")) == "one"

    assert await database.read(names) == {"one"}


async def test_units_that_wait_together_are_all_kept(database: Database) -> None:
    await asyncio.gather(*(database.write(partial(remember, name=str(number))) for number in range(300)))

    assert len(await database.read(names)) == 300


async def test_a_unit_that_fails_takes_nothing_of_the_others_with_it(database: Database) -> None:
    def fail(connection: Connection) -> None:
        remember(connection, "half done")
        raise LookupError("no")

    outcomes = await asyncio.gather(
        database.write(lambda c: remember(c, "before")),
        database.write(fail),
        database.write(lambda c: remember(c, "after")),
        return_exceptions=True,
    )

    assert isinstance(outcomes[1], LookupError)
    assert await database.read(names) == {"before", "after"}


async def test_a_unit_that_the_database_refuses_takes_nothing_of_the_others_with_it(database: Database) -> None:
    outcomes = await asyncio.gather(
        *(database.write(partial(remember, name=name)) for name in ("one", "two", "one", "three")),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [str, str, DatabaseTrouble, str]
    assert await database.read(names) == {"one", "two", "three"}


async def test_a_locked_database_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.store.database._BUSY_SECONDS", 0)
    file = tmp_path / "bell.db"
    database = Database(file)
    await database.write(lambda c: None)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseTrouble, match="locked; another program holds it"):
        await database.write(lambda c: None)

    other.execute("ROLLBACK")
    assert await database.write(lambda c: 1) == 1
    database.close()
    other.close()


async def test_sqlite_flushes_every_commit_to_the_disk(tmp_path: Path) -> None:
    database = Database(tmp_path / "bell.db")

    found = await database.write(
        lambda c: [c.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("journal_mode", "synchronous")]
    )

    assert found == ["wal", 2]
    database.close()
