"""Safekeeping: a copy can be trusted, comes back whole, and never mails anybody a second time."""

import asyncio
import os
import shutil
import sqlite3
import stat
import tarfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, make_url, text

from service.app.safekeeping import Resumed, back_up, restore, resume
from service.app.service import App, open_app
from service.app.staffing import post_lookout
from service.app.store import database_file, open_store, secret_file
from service.remediable import Remediable
from service.store.backup import Damaged
from service.store.census import take_census
from service.store.ledger import DeliveryState, list_all
from service.store.lock import AlreadyServed
from service.store.schema import NewerSchema
from service.store.tables import deliveries
from service.worker.restraint import Cause, Restrained
from tests.app.conftest import EVENING, House, join
from tests.store.conftest import fresh_database

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = [f"reader{number}" for number in range(3)]
DAY_BEFORE, HOUR_BEFORE, AFTER = (EVENING + timedelta(minutes=minutes) for minutes in (1, 23 * 60 + 1, 25 * 60))


async def join_all(app: App) -> None:
    for name in PEOPLE:
        await app.store.database.write(partial(join, name=name, at=LONG_AGO))


async def live_until(house: House, *times: datetime) -> None:
    """Run the service for a moment at each of these times."""
    async with open_app(house.settings, house.watch) as app:
        for time in times:
            house.watch.time = time
            await app.worker.do_once()


@pytest.fixture
async def served(house: House) -> House:
    """A service that has sent everybody the reminder of the day before."""
    async with open_app(house.settings, house.watch) as app:
        await join_all(app)
    await live_until(house, EVENING, DAY_BEFORE)
    assert len(house.mails()) == len(PEOPLE)
    return house


async def look(house: House) -> Cause | None:
    with open_store(house.settings) as store:
        found = await post_lookout(house.settings, store, house.watch).look()
    return found.cause if found else None


async def states(house: House) -> list[tuple[str, DeliveryState]]:
    with open_store(house.settings) as store:
        rows = await store.database.read(list_all)
        assert (await store.database.read(take_census)).flaws == ()
    return sorted({(row.rule, row.state) for row in rows})


async def test_a_backup_is_one_private_file_with_all_that_cannot_be_made_again(served: House, tmp_path: Path) -> None:
    archive = tmp_path / "bell.tar"
    async with open_app(served.settings, served.watch):
        census = await asyncio.to_thread(back_up, served.settings, archive)

    assert census.stock.states[DeliveryState.SENT] == len(PEOPLE)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with tarfile.open(archive) as tar:
        assert sorted(tar.getnames()) == ["secret.key", "studybell.db"]
        secret = tar.extractfile("secret.key")
        assert secret
        assert secret.read() == secret_file(served.settings).read_bytes()
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


async def test_a_backup_taken_while_the_service_writes_is_whole(served: House, tmp_path: Path) -> None:
    async with open_app(served.settings, served.watch) as app:

        async def write_on() -> None:
            for number in range(200):
                await app.store.database.write(partial(join, name=f"more{number}", at=LONG_AGO))

        writing = asyncio.create_task(write_on())
        for number in range(3):
            await asyncio.to_thread(back_up, served.settings, tmp_path / f"{number}.tar")
        await writing


async def test_what_does_not_add_up_is_no_backup(served: House, tmp_path: Path) -> None:
    with open_store(served.settings) as store:
        await store.database.write(lambda connection: connection.execute(delete(deliveries)))

    with pytest.raises(Damaged, match="3 deliveries were planned, but 0 are there"):
        back_up(served.settings, tmp_path / "bell.tar")
    assert not (tmp_path / "bell.tar").exists()


async def test_there_is_no_backup_of_nothing(house: House, tmp_path: Path) -> None:
    with pytest.raises(Remediable, match="nothing was ever served"):
        back_up(house.settings, tmp_path / "bell.tar")


@pytest.mark.parametrize("days", [0, 1, 8])
async def test_a_restored_service_sends_nothing_before_a_word_and_nothing_twice_after(
    served: House, tmp_path: Path, days: int
) -> None:
    archive = tmp_path / "bell.tar"
    back_up(served.settings, archive)
    await live_until(served, HOUR_BEFORE)
    sent = served.mails()
    assert len(sent) == 2 * len(PEOPLE), "the reminder of the hour before is in no backup"

    served.watch.time = HOUR_BEFORE + timedelta(minutes=5, days=days)
    restore(served.settings, archive, served.watch.now(), force=True)
    with pytest.raises(Restrained, match="restored or copied"):
        await live_until(served, served.watch.time)
    assert served.mails() == sent
    resumed = await resume(served.settings, served.watch, send=False)
    await live_until(served, served.watch.time, served.watch.time + timedelta(minutes=30))

    assert served.mails() == sent
    assert resumed.set_aside == {0: 3, 1: 0, 8: 0}[days]
    assert await states(served) == [
        ("1d", DeliveryState.SENT),
        *([("1h", DeliveryState.UNCERTAIN)] if days == 0 else []),
    ]


async def test_after_the_word_all_goes_on_as_before(served: House, tmp_path: Path) -> None:
    back_up(served.settings, tmp_path / "bell.tar")
    restore(served.settings, tmp_path / "bell.tar", served.watch.now(), force=True)
    await resume(served.settings, served.watch, send=False)

    await live_until(served, HOUR_BEFORE)

    assert len(served.mails()) == 2 * len(PEOPLE)
    assert await resume(served.settings, served.watch, send=False) == Resumed(None, 0, None)


async def test_who_knows_that_nothing_was_sent_since_may_send_it(served: House, tmp_path: Path) -> None:
    back_up(served.settings, tmp_path / "bell.tar")
    restore(served.settings, tmp_path / "bell.tar", served.watch.now(), force=True)
    served.watch.time = HOUR_BEFORE

    resumed = await resume(served.settings, served.watch, send=True)
    await live_until(served, HOUR_BEFORE)

    assert resumed.set_aside == 0
    assert len(served.mails()) == 2 * len(PEOPLE)


async def test_a_copied_folder_and_one_that_was_put_back_send_nothing_either(served: House, tmp_path: Path) -> None:
    var = served.settings.data_dir
    earlier = tmp_path / "earlier"
    shutil.copytree(var, earlier)
    copy = replace(served, settings=replace(served.settings, data_dir=earlier))
    await live_until(served, HOUR_BEFORE)
    with pytest.raises(Restrained):
        await live_until(copy, HOUR_BEFORE)
    assert len(copy.mails()) == len(PEOPLE), "those that were copied"

    with database_file(served.settings).open("r+b") as file:  # the same file, with what it held before
        file.truncate(0)
        file.write(database_file(copy.settings).read_bytes())
    assert await look(served) is Cause.COPY
    assert await look(copy) is Cause.COPY


async def test_a_running_service_notices_the_word(served: House, tmp_path: Path) -> None:
    back_up(served.settings, tmp_path / "bell.tar")
    restore(served.settings, tmp_path / "bell.tar", served.watch.now(), force=True)
    served.watch.time = HOUR_BEFORE - timedelta(minutes=2)

    async with open_app(served.settings, served.watch) as app:
        with pytest.raises(Restrained):
            await app.worker.do_once()
        await resume(served.settings, served.watch, send=False)
        served.watch.time = HOUR_BEFORE
        await app.worker.do_once()

    assert len(served.mails()) == 2 * len(PEOPLE)


async def test_nothing_is_restored_over_a_running_service_or_over_other_data(served: House, tmp_path: Path) -> None:
    archive = tmp_path / "bell.tar"
    back_up(served.settings, archive)
    before = database_file(served.settings).read_bytes()
    async with open_app(served.settings, served.watch):
        with pytest.raises(AlreadyServed):
            restore(served.settings, archive, EVENING, force=True)

    with pytest.raises(Remediable, match="with --force it is moved aside"):
        restore(served.settings, archive, EVENING, force=False)
    restored = restore(served.settings, archive, EVENING, force=True)

    assert restored.aside
    assert sorted(file.name for file in restored.aside.iterdir())[:1] == ["secret.key"]
    assert (restored.aside / "studybell.db").read_bytes()[:16] == before[:16]


async def test_an_empty_folder_is_restored_into_without_a_word(served: House, tmp_path: Path) -> None:
    back_up(served.settings, tmp_path / "bell.tar")
    elsewhere = replace(served, settings=replace(served.settings, data_dir=tmp_path / "new"))

    assert restore(elsewhere.settings, tmp_path / "bell.tar", EVENING, force=False).aside is None
    assert await look(elsewhere) is Cause.COPY
    assert secret_file(elsewhere.settings).read_bytes() == secret_file(served.settings).read_bytes()
    for file in (secret_file(elsewhere.settings), database_file(elsewhere.settings)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def spoil_page(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 5000] = os.urandom(5000)
    archive.write_bytes(content)


def cut_off(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:20_000])


def replace_by_words(archive: Path) -> None:
    archive.write_text("this is a letter")


@pytest.mark.parametrize("spoil", [spoil_page, cut_off, replace_by_words])
async def test_a_spoilt_backup_changes_nothing(served: House, tmp_path: Path, spoil: object) -> None:
    archive = tmp_path / "bell.tar"
    back_up(served.settings, archive)
    assert callable(spoil)
    spoil(archive)
    before = sorted(file.name for file in served.settings.data_dir.iterdir())

    with pytest.raises(Remediable):
        restore(served.settings, archive, EVENING, force=True)

    assert sorted(file.name for file in served.settings.data_dir.iterdir()) == before
    assert await look(served) is None


async def test_a_backup_of_a_newer_studybell_is_refused(served: House, tmp_path: Path) -> None:
    back_up(served.settings, tmp_path / "bell.tar")
    with tarfile.open(tmp_path / "bell.tar") as tar:
        tar.extractall(tmp_path / "parts", filter="data")
    with closing(sqlite3.connect(tmp_path / "parts" / "studybell.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with tarfile.open(tmp_path / "newer.tar", "w") as tar:
        for name in ("studybell.db", "secret.key"):
            tar.add(tmp_path / "parts" / name, name)

    with pytest.raises(NewerSchema):
        restore(served.settings, tmp_path / "newer.tar", EVENING, force=True)


@pytest.mark.parametrize(
    "call", [lambda settings, file: back_up(settings, file), partial(restore, now=EVENING, force=True)]
)
def test_a_server_is_backed_up_by_its_own_means(house: House, tmp_path: Path, call: object) -> None:
    assert callable(call)
    with pytest.raises(Remediable, match="pg_dump and pg_restore"):
        call(replace(house.settings, database="postgresql://db.example.org/bell"), tmp_path / "bell.tar")


@pytest.mark.postgres
async def test_a_database_that_was_copied_on_its_server_is_held_as_well(shared: House, postgresql: str) -> None:
    async with open_app(shared.settings, shared.watch) as app:
        await join_all(app)
    await live_until(shared, EVENING, DAY_BEFORE)
    original = make_url(shared.settings.database)
    with fresh_database(postgresql) as address:
        copied = make_url(address).set(drivername="postgresql+psycopg")
        engine = create_engine(copied.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {copied.database}"))
            connection.execute(text(f"CREATE DATABASE {copied.database} TEMPLATE {original.database}"))
        engine.dispose()
        copy = replace(shared, settings=replace(shared.settings, database=address))

        with pytest.raises(Restrained, match="restored or copied"):
            await live_until(copy, HOUR_BEFORE)
        assert (await resume(copy.settings, copy.watch, send=False)).set_aside == len(PEOPLE)
        await live_until(copy, HOUR_BEFORE)

    assert len(shared.mails()) == len(PEOPLE), "those of the day before, from the original"
