"""Editions: who has read an old state of a series cannot overwrite a newer one."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from service.schedule.version import Revision
from service.store.database import Database
from service.store.editions import Overtaken, check, edition_of, list_editions
from service.store.revisions import Stored, load, mark_broken, save

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
FIRST = Stored(
    title="Season",
    language="en",
    document="text",
    digest="one",
    changed_at=NOW,
    content=Revision(versions=(), changes=(), minted=0),
    presentation="",
    presented_at=NOW,
)


def keep(connection: Connection, stored: Stored, before: Stored | None) -> None:
    check(connection, "season", before)
    save(connection, "season", stored)


async def test_what_is_read_back_is_the_edition_that_was_kept(database: Database) -> None:
    await database.write(partial(keep, stored=FIRST, before=None))

    assert await database.read(list_editions) == {"season": edition_of(FIRST)}
    assert edition_of(await database.read(partial(load, slug="season"))) == edition_of(FIRST)
    assert edition_of(None) is None


async def test_any_change_is_another_edition(database: Database) -> None:
    await database.write(partial(keep, stored=FIRST, before=None))
    await database.write(partial(mark_broken, slug="season", trouble="gone", now=NOW))

    with pytest.raises(Overtaken):
        await database.write(partial(keep, stored=replace(FIRST, digest="two"), before=FIRST))
    with pytest.raises(Overtaken):
        await database.write(partial(keep, stored=replace(FIRST, digest="two"), before=None))

    stored = await database.read(partial(load, slug="season"))
    assert stored
    assert stored.digest == "one"


@pytest.mark.parametrize("address", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_of_processes_that_keep_at_once_one_wins_and_the_others_know(
    database: Database, address: str, tmp_path: Path
) -> None:
    await database.write(partial(keep, stored=FIRST, before=None))
    processes = [Database(tmp_path / "unused", address) for _ in range(6)]

    outcomes = await asyncio.gather(
        *(
            one.write(partial(keep, stored=replace(FIRST, digest=f"two of {number}"), before=FIRST))
            for number, one in enumerate(processes)
        ),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", *["Overtaken"] * 5]
    for process in processes:
        process.close()
