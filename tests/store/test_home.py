"""The home of a database: what it remembers of it, and signs of life that never go back."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from service.store.database import Database
from service.store.home import RESTORED, Home, Pulse, find_place, give_sign, leave_home, move_in, recall
from service.store.schema import newest

HERE = Home("machine", "file 7")
FIRST = Pulse(1, datetime(2026, 3, 1, 12, 0, 0, 123, tzinfo=UTC), "run", timedelta(seconds=12.345678))


async def test_a_new_database_remembers_nothing_but_its_schema(database: Database) -> None:
    memory = await database.read(recall)

    assert (memory.schema, memory.home, memory.pulse) == (newest(), None, None)


async def test_it_remembers_where_it_was_told_to_live(database: Database) -> None:
    for _ in range(2):
        await database.write(partial(move_in, home=HERE, pulse=FIRST))

    memory = await database.read(recall)
    assert (memory.home, memory.pulse) == (HERE, FIRST)
    await database.write(leave_home)
    assert (await database.read(recall)).home == RESTORED


async def test_signs_of_life_are_counted(database: Database) -> None:
    await database.write(partial(move_in, home=HERE, pulse=FIRST))

    assert [await database.write(partial(give_sign, pulse=FIRST)) for _ in range(3)] == [2, 3, 4]


@pytest.mark.parametrize("address", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_a_sign_that_comes_late_takes_back_no_newer_one(database: Database, address: str, tmp_path: Path) -> None:
    await database.write(partial(move_in, home=HERE, pulse=FIRST))
    sleeper = Database(tmp_path / "unused", address)
    has_read, may_write = threading.Event(), threading.Event()

    class Slow:
        """A connection that rests between its first statement and its second."""

        def __init__(self, connection: Connection) -> None:
            self._connection, self._calls = connection, 0

        def execute(self, statement: object) -> object:
            self._calls += 1
            if self._calls == 2:
                has_read.set()
                may_write.wait(20)
            return self._connection.execute(statement)  # type: ignore[call-overload]

    late = sleeper.submit(lambda connection: give_sign(Slow(connection), FIRST))  # type: ignore[arg-type]
    assert has_read.wait(20)
    assert [await database.write(partial(give_sign, pulse=FIRST)) for _ in range(2)] == [2, 3]
    may_write.set()

    assert late.result(20) is None
    memory = await database.read(recall)
    assert memory.pulse
    assert memory.pulse.count == 3
    sleeper.close()


async def test_a_copy_is_in_another_place(database: Database, address: str, tmp_path: Path) -> None:
    place = await database.read(partial(find_place, file=tmp_path / "studybell.db"))

    assert place == await database.read(partial(find_place, file=tmp_path / "studybell.db"))
    if not address:
        (tmp_path / "copy.db").write_bytes(b"")
        assert place != await database.read(partial(find_place, file=tmp_path / "copy.db"))
