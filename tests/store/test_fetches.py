"""Fetches: the last one of each family is remembered, whichever process saw it."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

from service.store.database import Database
from service.store.fetches import Family, keep_fetches, list_fetches

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_nothing_is_known_at_first(database: Database) -> None:
    assert await database.read(list_fetches) == {}


async def test_the_last_fetch_of_each_family_is_remembered(database: Database) -> None:
    first = {("season", Family.GOOGLE): NOW, ("season", Family.APPLE): NOW, ("other", Family.GOOGLE): NOW}
    await database.write(partial(keep_fetches, noted=first))
    await database.write(partial(keep_fetches, noted={("season", Family.GOOGLE): NOW + HOUR}))

    assert await database.read(list_fetches) == {
        "season": {Family.GOOGLE: NOW + HOUR, Family.APPLE: NOW},
        "other": {Family.GOOGLE: NOW},
    }


async def test_a_process_that_is_behind_takes_nothing_back(database: Database) -> None:
    keys = [(f"series-{number}", family) for number in range(20) for family in Family]
    ahead, behind = dict.fromkeys(keys, NOW + HOUR), dict.fromkeys(reversed(keys), NOW)

    await asyncio.gather(*(database.write(partial(keep_fetches, noted=one)) for one in (behind, ahead, behind)))

    found = await database.read(list_fetches)
    assert {at for families in found.values() for at in families.values()} == {NOW + HOUR}
