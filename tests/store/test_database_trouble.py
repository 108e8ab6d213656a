"""Trouble with the database: everybody who waits is told, soon, and the writer lives on."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from service.store.database import Database, DatabaseTrouble
from service.store.tables import facts


def remember(connection: Connection, name: str) -> None:
    connection.execute(insert(facts).values(name=name, value="x"))


def names(connection: Connection) -> set[str]:
    return set(connection.execute(select(facts.c.name)).scalars())


async def test_hundreds_who_wait_for_a_locked_database_do_not_wait_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.store.database._BUSY_SECONDS", 0.2)
    database = Database(tmp_path / "bell.db")
    await database.write(lambda _: None)
    other = sqlite3.connect(tmp_path / "bell.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()

    outcomes = await asyncio.gather(*(database.write(lambda _: None) for _ in range(300)), return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {DatabaseTrouble}
    assert time.monotonic() - began < 15, "alone, each would have waited 0.2 seconds"
    other.execute("ROLLBACK")
    assert await database.write(lambda _: 1) == 1
    database.close()
    other.close()


def end_the_transaction(connection: Connection) -> None:
    """What some databases do on their own when a disk is full."""
    connection.exec_driver_sql("ROLLBACK")


def end_the_transaction_and_fail(connection: Connection) -> None:
    connection.exec_driver_sql("ROLLBACK")
    remember(connection, "outside")
    remember(connection, "outside")


@pytest.mark.parametrize("lose", [end_the_transaction, end_the_transaction_and_fail])
async def test_who_is_told_that_it_was_kept_can_rely_on_it_even_if_the_transaction_is_lost(
    database: Database, lose: Callable[[Connection], None]
) -> None:
    gate = threading.Event()
    waiting = asyncio.gather(
        database.write(lambda _: gate.wait(5)),
        *(database.write(partial(remember, name=f"before {n}")) for n in range(5)),
        database.write(lose),
        database.write(partial(remember, name="behind")),
        return_exceptions=True,
    )
    await asyncio.sleep(0.05)
    gate.set()
    _, *before, lost, behind = await waiting

    kept = await database.read(names)
    assert isinstance(lost, DatabaseTrouble)
    for name, outcome in [*((f"before {n}", outcome) for n, outcome in enumerate(before)), ("behind", behind)]:
        assert (name in kept) is (outcome is None)
    await database.write(partial(remember, name="after"))
    assert "after" in await database.read(names)


@pytest.mark.parametrize("lose", [end_the_transaction, end_the_transaction_and_fail])
async def test_who_writes_alone_is_told_as_well_that_the_transaction_is_lost(
    database: Database, lose: Callable[[Connection], None]
) -> None:
    def write(connection: Connection) -> None:
        remember(connection, "before")
        lose(connection)

    with pytest.raises(DatabaseTrouble):
        await database.write(write)
    await database.write(partial(remember, name="after"))
    assert "before" not in await database.read(names)


@pytest.mark.postgres
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_a_session_that_the_server_ends_is_trouble_for_all_who_shared_it(database: Database) -> None:
    gate = threading.Event()
    end = "SELECT pg_terminate_backend(pg_backend_pid())"
    waiting = asyncio.gather(
        database.write(lambda _: gate.wait(5)),
        database.write(partial(remember, name="before")),
        database.write(lambda connection: connection.exec_driver_sql(end)),
        database.write(partial(remember, name="behind")),
        return_exceptions=True,
    )
    await asyncio.sleep(0.05)
    gate.set()

    _, *shared = await waiting
    assert {type(outcome) for outcome in shared} == {DatabaseTrouble}
    await database.write(partial(remember, name="after"))
    assert await database.read(names) == {"after"}


async def test_the_writer_survives_a_unit_that_closes_its_connection(database: Database) -> None:
    await asyncio.gather(database.write(lambda connection: connection.close()), return_exceptions=True)

    await database.write(partial(remember, name="after"))
    assert await database.read(names) == {"after"}


async def test_who_gave_up_waiting_disturbs_nobody(database: Database) -> None:
    hurried = [asyncio.ensure_future(database.write(partial(remember, name=f"{n}"))) for n in range(50)]
    await asyncio.sleep(0)
    for task in hurried:
        task.cancel()
    await asyncio.gather(*hurried, return_exceptions=True)

    await database.write(partial(remember, name="after"))
    assert "after" in await database.read(names)


async def test_work_that_waits_is_finished_before_the_database_closes(tmp_path: Path) -> None:
    database = Database(tmp_path / "bell.db")
    await database.write(lambda connection: facts.create(connection))
    futures = [database.submit(partial(remember, name=f"{n}")) for n in range(200)]

    database.close()

    assert all(future.done() and future.exception() is None for future in futures)
