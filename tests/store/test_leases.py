"""Leases: one holder at a time, who may renew; free again when it runs out or is given back."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from service.store.database import Database
from service.store.leases import acquire, release
from service.store.tables import leases

NAMES = ("source:one", "source:other")


def run_out(connection: Connection) -> None:
    connection.execute(update(leases).values(held_until=1.0))


async def take(database: Database, owner: str, *names: str) -> set[str]:
    return await database.write(partial(acquire, names=names, owner=owner))


async def test_who_comes_first_holds_it_and_may_renew_it(database: Database) -> None:
    assert await take(database, "me", *NAMES) == set(NAMES)
    assert await take(database, "you", *NAMES) == set()
    assert await take(database, "me", *NAMES) == set(NAMES)


async def test_each_lease_is_one_of_its_own(database: Database) -> None:
    await take(database, "me", "source:one")

    assert await take(database, "you", *NAMES) == {"source:other"}
    assert await take(database, "me") == set()


async def test_who_dies_loses_it_when_it_runs_out(database: Database) -> None:
    await take(database, "dead", *NAMES)
    await database.write(run_out)

    assert await take(database, "me", *NAMES) == set(NAMES)
    assert await take(database, "dead", *NAMES) == set()


async def test_who_leaves_gives_back_only_what_is_theirs(database: Database) -> None:
    await take(database, "me", "source:one")
    await take(database, "you", "source:other")
    await database.write(partial(release, owner="me"))

    assert await take(database, "third", *NAMES) == {"source:one"}


@pytest.mark.parametrize("address", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_of_many_processes_that_ask_at_once_one_gets_each(
    database: Database, address: str, tmp_path: Path
) -> None:
    processes = [Database(tmp_path / "unused", address) for _ in range(8)]
    names = [f"source:{number}" for number in range(50)]

    held = await asyncio.gather(*(take(one, f"{number}", *names) for number, one in enumerate(processes)))

    assert sorted(name for mine in held for name in mine) == sorted(names)
    for process in processes:
        process.close()
