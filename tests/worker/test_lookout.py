"""The lookout: signs of life while all is well, and eyes open for a database that is not where it was."""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from service.store import home
from service.store.database import Database
from service.store.schema import upgrade
from service.worker.lookout import Lookout, Machine
from service.worker.restraint import LEAST_FREE, Cause

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BOOTED = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Watch:
    """A clock that stands until it is turned; `off` is how wrong it is."""

    time: datetime = BOOTED + HOUR
    off: timedelta = timedelta(0)

    def now(self) -> datetime:
        return self.time + self.off

    def wait_for(self, span: timedelta) -> timedelta:
        return span

    def lasting(self, span: timedelta) -> timedelta:
        return span

    def uptime(self) -> timedelta:
        return self.time - BOOTED


@dataclass
class Post:
    """A lookout in a folder, with everything around it in a test's hand."""

    database: Database
    folder: Path
    watch: Watch
    free: int = LEAST_FREE
    machine: str = "one"

    def stand(self, database: Database | None = None) -> Lookout:
        machine = Machine(self.machine, "first run", self.folder, lambda: self.free)
        return Lookout(database or self.database, self.folder / "studybell.db", machine, self.watch)

    async def cause(self, database: Database | None = None) -> Cause | None:
        found = await self.stand(database).look()
        return found.cause if found else None

    async def pulse(self) -> home.Pulse:
        memory = await self.database.read(home.recall)
        assert memory.pulse
        return memory.pulse


@pytest.fixture
def post(database: Database, tmp_path: Path) -> Post:
    return Post(database, tmp_path, Watch())


async def test_a_new_service_moves_in_and_gives_a_sign_of_life_each_minute(post: Post) -> None:
    lookout = post.stand()
    for _ in range(5):
        assert await lookout.look() is None
        post.watch.time += timedelta(seconds=40)

    assert (await post.pulse()).count == 3
    assert (post.folder / "pulse").read_text() == "3"


async def test_a_restart_is_at_home_again(post: Post) -> None:
    await post.stand().look()
    post.watch.time += DAY

    assert await post.cause() is None


async def test_a_restored_database_is_held_until_somebody_says_so(post: Post) -> None:
    lookout = post.stand()
    await lookout.look()
    await post.database.write(home.leave_home)

    assert (await lookout.look() or lookout.restraint) is not None
    assert await post.cause() is Cause.COPY
    await lookout.settle_in()

    assert await lookout.look() is None
    assert lookout.restraint is None


async def test_a_database_that_was_put_back_is_older_than_its_folder(post: Post) -> None:
    lookout = post.stand()
    await lookout.look()
    (post.folder / "pulse").write_text("700")

    assert await post.cause() is Cause.COPY
    await lookout.settle_in()

    assert await post.cause() is None
    assert (await post.pulse()).count == 701


async def test_a_folder_that_was_copied_is_a_copy(tmp_path: Path) -> None:
    original, copy = tmp_path / "var", tmp_path / "copy"
    database = Database(original / "studybell.db")
    database.submit(upgrade).result()
    watch = Watch()
    assert await Post(database, original, watch).cause() is None
    database.close()
    shutil.copytree(original, copy)

    moved = original.rename(tmp_path / "moved")
    for folder, expected in ((copy, Cause.COPY), (moved, None)):
        opened = Database(folder / "studybell.db")
        assert await Post(opened, folder, watch).cause() is expected
        opened.close()


async def test_a_file_that_is_replaced_under_a_running_service_is_noticed(tmp_path: Path) -> None:
    database = Database(tmp_path / "studybell.db")
    database.submit(upgrade).result()
    post = Post(database, tmp_path, Watch())
    assert await post.cause() is None
    (tmp_path / "studybell.db").rename(tmp_path / "old.db")
    shutil.copy(tmp_path / "old.db", tmp_path / "studybell.db")

    assert await post.cause() is Cause.COPY
    database.close()


async def test_a_disk_that_fills_up_restrains_until_there_is_room_again(post: Post) -> None:
    lookout = post.stand()
    post.free = LEAST_FREE - 1
    assert (await lookout.look() or lookout.restraint) == lookout.restraint
    assert lookout.restraint
    assert lookout.restraint.cause is Cause.DISK

    post.free = LEAST_FREE
    assert await lookout.look() is None


async def test_a_clock_that_comes_to_its_senses_frees_by_itself(post: Post) -> None:
    lookout = post.stand()
    await lookout.look()
    for off, expected in ((3650 * DAY, Cause.CLOCK), (timedelta(0), None), (-3 * DAY, Cause.CLOCK), (HOUR, None)):
        post.watch.off = off
        post.watch.time += MINUTE
        found = await lookout.look()
        assert (found.cause if found else None) is expected


async def test_a_clock_that_really_is_right_is_believed_after_a_word(post: Post) -> None:
    lookout = post.stand()
    await lookout.look()
    post.watch.off = 400 * DAY
    assert await lookout.look() is not None

    await lookout.settle_in()

    assert await lookout.look() is None


async def test_a_newer_schema_is_noticed_at_once(post: Post) -> None:
    lookout = post.stand()
    await lookout.look()
    await post.database.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num='9'")))

    assert await post.cause() is Cause.SCHEMA


@pytest.mark.parametrize("address", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_machines_that_share_a_server_are_all_at_home(post: Post, tmp_path: Path) -> None:
    assert await post.cause() is None
    other = replace(post, folder=tmp_path / "other", machine="another")
    other.folder.mkdir()

    assert await other.cause() is None
    assert (await post.pulse()).count == 1, "one sign of life a minute is enough"


async def test_a_folder_in_which_nothing_can_be_written_is_no_reason_to_stop(post: Post) -> None:
    (post.folder / "pulse").mkdir()

    assert await post.cause() is None
