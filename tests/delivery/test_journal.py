"""The journal: what was noted is read by the next process, whatever became of the last line, and is entered once."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from service.delivery.journal import Accepted, Journal, Left, take_over
from service.store import claiming, ledger, owing
from service.store.census import take_census
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import Delivery, DeliveryState
from tests.store import conftest as stores
from tests.store import season
from tests.store.season import DAY_BEFORE, MINUTE, SERIES, VERSION

address, database, postgresql = stores.address, stores.database, stores.postgresql
FIRST, SECOND = (Accepted(number, "dead", "dot: 250 2.0.0 받았습니다\n", DAY_BEFORE) for number in (1, 2))


@pytest.fixture
def next_one(tmp_path: Path) -> Iterator[Journal]:
    """The journal of the next process."""
    journal = Journal(tmp_path, "next")
    yield journal
    journal.close()


def end(journal: Journal) -> None:
    """Close what the system closes when a process is killed."""
    assert journal._page
    journal._page.close()
    os.close(journal._descriptor)


def leave(folder: Path, *accepted: Accepted) -> Path:
    """What a process leaves that is killed: its journal, and no lock."""
    journal = Journal(folder, "dead")
    journal.begin(4711)
    journal.end()
    journal.note(accepted[:1])
    journal.note(accepted[1:])
    end(journal)
    return folder / "sent-dead.log"


def test_what_was_noted_is_taken_up_once(tmp_path: Path, next_one: Journal) -> None:
    leave(tmp_path, FIRST, SECOND)

    assert list(next_one.take_up_left()) == [Left("dead", (FIRST, SECOND), 0)]
    assert list(next_one.take_up_left()) == []


@pytest.mark.parametrize("cut", [1, 2, 10, 70])
def test_a_last_line_that_was_not_written_to_its_end_is_ignored(tmp_path: Path, next_one: Journal, cut: int) -> None:
    file = leave(tmp_path, FIRST, SECOND)
    written = file.read_bytes().rstrip(b"\0")
    file.write_bytes(written[:-cut].ljust(64 * 1024, b"\0"))

    (left,) = next_one.take_up_left()

    assert left.accepted == ((FIRST, SECOND) if cut == 1 else (FIRST,))


def test_a_line_of_which_a_part_never_reached_the_disk_is_ignored(tmp_path: Path, next_one: Journal) -> None:
    file = leave(tmp_path, FIRST, SECOND)
    content = bytearray(file.read_bytes())
    start = content.index(SECOND.line())
    content[start + 20 : start + 30] = b"x" * 10
    file.write_bytes(content)

    assert list(next_one.take_up_left()) == [Left("dead", (FIRST,), 0)]


def test_the_journal_of_a_process_that_lives_is_left_to_it(tmp_path: Path, next_one: Journal) -> None:
    living = Journal(tmp_path, "living")
    living.note([FIRST])

    assert list(next_one.take_up_left()) == []
    living.close()
    assert list(next_one.take_up_left()) == [Left("living", (FIRST,), 0)]


def test_what_the_ledger_knows_is_forgotten_and_the_room_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "me")
    journal.note([FIRST, SECOND])

    journal.clear()

    assert (tmp_path / "sent-me.log").stat().st_size == 64 * 1024
    assert not (tmp_path / "sent-me.log").read_bytes().strip(b"\0")
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_only_the_service_may_read_it(tmp_path: Path, next_one: Journal) -> None:
    assert (tmp_path / "sent-next.log").stat().st_mode & 0o777 == 0o600


async def test_what_was_accepted_enters_the_ledger_only_if_it_was_on_its_way_then(database: Database) -> None:
    def enter(connection: Connection) -> list[Delivery]:
        season.publish(connection, VERSION)
        for name in ("handed", "taken by another", "claimed"):
            season.join(connection, name.replace(" ", "-"))
        owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE)
        rows = claiming.claim(connection, "dead", Lane.REMINDERS, DAY_BEFORE, 3)
        claiming.hand_off(connection, "dead", rows[:2], DAY_BEFORE)
        return rows

    handed, taken, claimed = await database.write(enter)
    accepted = [
        Accepted(handed.id, "dead", "250 ok", DAY_BEFORE + MINUTE),
        Accepted(taken.id, "somebody", "250 ok", DAY_BEFORE),
        Accepted(claimed.id, "dead", "250 ok", DAY_BEFORE),
        Accepted(4711, "dead", "250 ok", DAY_BEFORE),
    ]
    left = Left("dead", tuple(accepted), 0)
    for _ in range(2):
        await database.write(partial(take_over, left=left, now=DAY_BEFORE))

    states = {row.id: (row.state, row.reason) for row in await database.read(ledger.list_all)}
    assert states == {
        handed.id: (DeliveryState.SENT, "250 ok"),
        taken.id: (DeliveryState.HANDING, ""),
        claimed.id: (DeliveryState.CLAIMED, ""),
    }


def test_the_mail_that_was_being_written_is_told(tmp_path: Path, next_one: Journal) -> None:
    journal = Journal(tmp_path, "dead")
    journal.begin(7)
    journal.note([FIRST])
    end(journal)

    assert list(next_one.take_up_left()) == [Left("dead", (FIRST,), 7)]


async def test_a_mail_at_which_three_processes_ended_is_parked_and_no_other(database: Database) -> None:
    def enter(connection: Connection) -> None:
        season.publish(connection, VERSION)
        for name in ("poison", "other"):
            season.join(connection, name)
        owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE)

    def die(connection: Connection, owner: str) -> None:
        poison, other = claiming.claim(connection, owner, Lane.REMINDERS, DAY_BEFORE, 2)
        take_over(connection, Left("somebody else", (), poison.id), DAY_BEFORE)
        take_over(connection, Left(owner, (), poison.id), DAY_BEFORE)
        assert other.id != poison.id
        claiming.give_back(connection, alone=True)

    await database.write(enter)
    for owner in ("first", "second"):
        await database.write(partial(die, owner=owner))
    assert {row.state for row in await database.read(ledger.list_all)} == {DeliveryState.PLANNED}
    await database.write(partial(die, owner="third"))

    poison, other = await database.read(ledger.list_all)
    assert (poison.state, poison.owner) == (DeliveryState.PARKED, "")
    assert poison.reason == "studybell ended 3 times while it was writing this mail"
    assert other.state is DeliveryState.PLANNED
    assert (await database.read(take_census)).flaws == ()
