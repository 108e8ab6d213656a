"""Fetches: what is noted of those who ask for a feed, what is not, and that a restart forgets none of it."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from service.store.database import Database, DatabaseTrouble
from service.store.fetches import Family, list_fetches
from service.web.fetches import Fetches, keep_noted, tell_family
from service.web.parts import Parts
from tests.web.conftest import Watch
from tests.web.people import SLUG


@pytest.mark.parametrize(
    ("program", "family"),
    [
        ("Google-Calendar-Importer", Family.GOOGLE),
        ("Mozilla/5.0 (compatible; Google-Calendar-Importer; +http://www.google.com)", Family.GOOGLE),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)", Family.OUTLOOK),
        ("Microsoft.Exchange/15.20 (OWA)", Family.OUTLOOK),
        ("iOS/17.0 (21A329) dataaccessd/1.0", Family.APPLE),
        ("macOS/14.0 (23A344) CalendarAgent/988", Family.APPLE),
        ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Thunderbird/128.0", Family.THUNDERBIRD),
        ("ICSx5/2.2", Family.OTHER),
        ("", Family.OTHER),
    ],
)
def test_programs_are_told_apart_by_their_name(program: str, family: Family) -> None:
    assert tell_family(program) is family


def test_nothing_is_known_of_a_series_that_nobody_fetched() -> None:
    assert Fetches().last("season") == {}


async def test_the_last_fetch_of_each_family_is_known(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    etag = (await client.get(f"/{SLUG}.ics", headers={"User-Agent": "Google-Calendar-Importer"})).headers["etag"]
    first = watch.now()
    watch.turn(timedelta(hours=8))
    asked = {"User-Agent": "Thunderbird/128.0", "If-None-Match": etag}
    assert (await client.get(f"/{SLUG}.ics?alarm=30m", headers=asked)).status_code == 200
    assert (await client.head(f"/{SLUG}.ics", headers=asked)).status_code == 304

    assert parts.fetches.last(SLUG) == {Family.GOOGLE: first, Family.THUNDERBIRD: watch.now()}


@pytest.mark.parametrize(
    "path",
    [
        f"/{SLUG}",
        "/nothing.ics",
        f"/{SLUG}/download.ics",
        f"/{SLUG}/reading-1.ics",
        f"/{SLUG}.json",
        f"/{SLUG}.ics?lang=x",
    ],
)
async def test_only_calendars_that_were_given_count(client: httpx.AsyncClient, parts: Parts, path: str) -> None:
    await client.get(path)

    assert (parts.fetches.last(SLUG), parts.fetches.last("nothing")) == ({}, {})


async def test_what_is_noted_is_written_down_while_the_service_runs(database: Database, watch: Watch) -> None:
    fetches = Fetches()

    async with keep_noted(fetches, database, every=timedelta(seconds=0.01)), asyncio.timeout(10):
        fetches.note(SLUG, "Thunderbird/128.0", watch.now())
        while SLUG not in await database.read(list_fetches):  # noqa: ASYNC110 - what is waited for is a row
            await asyncio.sleep(0.01)

    assert await database.read(list_fetches) == {SLUG: {Family.THUNDERBIRD: watch.now()}}


async def test_the_last_fetches_are_written_down_at_the_end(database: Database, watch: Watch) -> None:
    fetches = Fetches()

    async with keep_noted(fetches, database):
        fetches.note(SLUG, "Google-Calendar-Importer", watch.now())
        watch.turn(timedelta(seconds=1))
        fetches.note(SLUG, "Google-Calendar-Importer", watch.now())

    assert await database.read(list_fetches) == {SLUG: {Family.GOOGLE: watch.now()}}


async def test_a_database_that_is_away_costs_no_fetch(
    database: Database, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetches = Fetches()
    fetches.note(SLUG, "Google-Calendar-Importer", watch.now())

    async def refuse(_: object) -> None:
        raise DatabaseTrouble("away")

    with monkeypatch.context() as away:
        away.setattr(database, "write", refuse)
        async with keep_noted(fetches, database):
            pass
    assert await database.read(list_fetches) == {}
    await fetches.keep(database)

    assert await database.read(list_fetches) == {SLUG: {Family.GOOGLE: watch.now()}}


async def test_what_was_written_down_is_not_written_again(
    database: Database, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetches = Fetches()
    fetches.note(SLUG, "Google-Calendar-Importer", watch.now())
    await fetches.keep(database)

    async def fail(_: object) -> None:
        raise AssertionError("there is nothing to write")

    monkeypatch.setattr(database, "write", fail)
    await fetches.keep(database)
