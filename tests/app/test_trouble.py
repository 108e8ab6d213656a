"""Trouble with the disk and the database: feeds stay, nothing is lost or doubled, and all goes on by itself."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, text

from service.app.service import App, open_app
from service.app.store import database_file
from service.store import database as databases
from service.store.census import take_census
from service.store.database import DatabaseTrouble
from service.store.ledger import DeliveryState
from service.worker import timer
from service.worker.restraint import LEAST_FREE
from tests.app.conftest import House, join, visit

PEOPLE = 60
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TO_ALL = sorted(f"To: reader{number}@example.org" for number in range(PEOPLE))
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timer, "TICK", timedelta(seconds=0.05))


@asynccontextmanager
async def at_work(house: House) -> AsyncIterator[App]:
    """A running service with readers, half a minute before their reminder falls due."""
    stop = asyncio.Event()
    async with open_app(house.settings, house.watch) as app:
        for number in range(PEOPLE):
            await app.store.database.write(partial(join, name=f"reader{number}", at=LONG_AGO))
        running = asyncio.create_task(app.worker.run(stop))
        try:
            yield app
        finally:
            stop.set()
            await asyncio.wait_for(running, 30)


async def until_all_are_sent(app: App, seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while (await app.store.database.read(take_census)).stock.states[DeliveryState.SENT] < PEOPLE:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def assert_feeds_stay(app: App) -> None:
    async with visit(app) as window:
        for page in ("/season.ics", "/season"):
            assert (await window.get(page)).status_code == 200


def allow_pages(connection: Connection, more: int) -> None:
    """Let the file grow by so many pages, and then be as full as a full disk (for this connection: the writer's)."""
    count = connection.execute(text("PRAGMA page_count")).scalar_one()
    connection.execute(text(f"PRAGMA max_page_count = {count + more}"))


def fill(connection: Connection) -> None:
    connection.execute(text("INSERT INTO facts (name, value) VALUES ('big', zeroblob(8000000))"))


@pytest.mark.parametrize("pages", [0, 1, 2, 3, 5, 8])
async def test_a_disk_that_is_full_at_any_step_loses_and_doubles_nothing(
    house: House, pages: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with at_work(house) as app:
        database = app.store.database
        await database.write(partial(allow_pages, more=pages))
        with pytest.raises(DatabaseTrouble, match="free some space"):
            await database.write(fill)
        house.watch.time += MINUTE
        await asyncio.sleep(0.4)
        await assert_feeds_stay(app)

        await database.write(partial(allow_pages, more=1_000_000))
        await until_all_are_sent(app)
        assert (await database.read(take_census)).flaws == ()

    assert house.mails() == TO_ALL
    if pages == 0:
        assert "the disk is full" in caplog.text, "no step met the full disk: the test has shown nothing"


async def test_with_little_room_left_nothing_new_is_begun_until_there_is_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [LEAST_FREE]
    monkeypatch.setattr("service.app.machine.shutil.disk_usage", lambda _: SimpleNamespace(free=free[0]))
    async with at_work(house) as app, visit(app) as window:
        assert (await window.get("/healthz")).status_code == 200
        free[0] -= 1
        async with asyncio.timeout(10):
            while (await window.get("/healthz")).status_code == 200:  # noqa: ASYNC110 - it looks every tick
                await asyncio.sleep(0.02)
        house.watch.time += MINUTE
        await asyncio.sleep(0.3)

        health = (await window.get("/healthz")).json()
        assert health["restraint"] == "only 63 MiB are free on the disk: free 64 MiB or more"
        signed_up = await window.post("/season/participants", data={"email": "new@example.org"})
        assert (signed_up.status_code, signed_up.headers["Retry-After"]) == (503, "600")
        assert "Nothing was changed" in signed_up.text
        await assert_feeds_stay(app)
        assert house.mails() == []

        free[0] += 1
        await until_all_are_sent(app)
        assert (await window.get("/healthz")).status_code == 200
    assert house.mails() == TO_ALL


@pytest.mark.parametrize("seconds", [0.2, 1.5])
async def test_a_database_that_another_program_locks_loses_and_doubles_nothing(
    house: House, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_BUSY_SECONDS", 0.5)
    async with at_work(house) as app:
        with closing(sqlite3.connect(database_file(house.settings), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            house.watch.time += MINUTE
            await asyncio.sleep(seconds)
            await assert_feeds_stay(app)
            assert house.mails() == []
            other.execute("ROLLBACK")
        await until_all_are_sent(app)
        assert (await app.store.database.read(take_census)).flaws == ()

    assert house.mails() == TO_ALL
