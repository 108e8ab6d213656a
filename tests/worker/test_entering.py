"""Entering: slice by slice, the whole in the end, and the first mails need not wait for it."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from service.reminders.rule import parse_rules
from service.store import claiming, ledger
from service.store.census import take_census
from service.store.database import Database, DatabaseTrouble
from service.store.lanes import Lane
from service.worker import entering
from service.worker.entering import Remainder, enter_slice
from service.worker.planning import Planned, Planner
from tests.store import season
from tests.store.season import DAY, DAY_BEFORE, MINUTE, SERIES, START, VERSION, moved, occasions
from tests.worker.test_planning import RULES, Board

OCCASION = occasions()["1d"]


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "_SLICE", 2)


async def assemble(database: Database, count: int = 5) -> tuple[Planner, Board]:
    def enter(connection: Connection) -> None:
        season.publish(connection, VERSION)
        for number in range(count):
            season.join(connection, f"reader{number}")

    await database.write(enter)
    board = Board(VERSION)
    return Planner(database, [Planned(SERIES, RULES)], board), board


async def test_a_slice_after_the_other_owes_everybody_once(database: Database) -> None:
    await assemble(database)
    left, owed = Remainder((OCCASION,)), []
    while left.occasions:
        count, left = await database.write(partial(enter_slice, series=SERIES, left=left, now=DAY_BEFORE))
        owed.append(count)

    assert owed == [2, 2, 1]


async def test_small_audiences_share_a_slice(database: Database) -> None:
    await assemble(database, 1)
    await database.write(lambda c: season.join(c, "far", timezone="Europe/Paris"))
    planner = Planner(database, [Planned(SERIES, parse_rules("24h"))], Board(VERSION))
    calls: list[int] = []

    assert await planner.plan(DAY_BEFORE, lambda: calls.append(1)) == 2
    assert len(calls) == 1


async def test_whoever_sends_is_told_of_every_slice_while_others_are_planned(database: Database) -> None:
    planner, _ = await assemble(database)
    seen = []

    def look() -> None:
        seen.append(sum(database.submit(ledger.tally).result().values()))

    assert await planner.plan(DAY_BEFORE, look) == 5
    assert seen == [2, 4, 5]


async def test_what_is_cut_short_is_finished_by_the_next_plan(database: Database) -> None:
    planner, _ = await assemble(database)

    def fail() -> None:
        raise DatabaseTrouble("away")

    with pytest.raises(DatabaseTrouble):
        await planner.plan(DAY_BEFORE, fail)

    assert await planner.plan(DAY_BEFORE + MINUTE) == 3
    assert await planner.plan(DAY_BEFORE + 2 * MINUTE) == 0


async def test_who_starts_anew_finishes_what_another_has_begun(database: Database) -> None:
    _, board = await assemble(database)
    await database.write(lambda c: enter_slice(c, SERIES, Remainder((OCCASION,)), DAY_BEFORE))

    assert await Planner(database, [Planned(SERIES, RULES)], board).plan(DAY_BEFORE) == 3


async def test_an_edit_between_two_slices_ends_the_planning_of_what_was_before(database: Database) -> None:
    planner, board = await assemble(database)

    def edit() -> None:
        board.versions = (moved(2 * DAY),)

    assert await planner.plan(DAY_BEFORE, edit) == 2
    await planner.plan(DAY_BEFORE + MINUTE)
    assert sum(row.starts_at == START for row in await database.read(ledger.list_all)) == 2


async def test_who_comes_between_two_slices_is_not_left_out(database: Database) -> None:
    planner, _ = await assemble(database)
    names = iter(("new", "newer", "newest"))

    def join() -> None:
        if name := next(names, ""):
            database.submit(lambda connection: season.join(connection, name)).result()

    owed = await planner.plan(DAY_BEFORE, join)

    assert owed + await planner.plan(DAY_BEFORE + MINUTE) == len(await database.read(ledger.list_all)) == 8


async def test_processes_that_plan_the_same_at_once_owe_it_once_and_do_not_stop_each_other(
    database: Database, address: str
) -> None:
    if not address:
        pytest.skip("SQLite has one process only")
    one, board = await assemble(database, 60)
    others = [Database(Path(), address) for _ in range(2)]
    planners = [one, *(Planner(other, [Planned(SERIES, RULES)], board) for other in others)]
    taken: list[int] = []

    def take() -> None:
        """One of them sends meanwhile: in its transactions plans and hand-offs stand side by side."""
        database.submit(send)

    def send(connection: Connection) -> None:
        batch = claiming.claim(connection, "one", Lane.REMINDERS, DAY_BEFORE, 3)
        taken.extend(claiming.hand_off(connection, "one", batch, DAY_BEFORE))

    counts = await asyncio.gather(*(planner.plan(DAY_BEFORE, take) for planner in planners))
    for other in others:
        other.close()

    assert sum(counts) == 60
    assert len(taken) == len(set(taken)) > 0
    assert (await database.read(take_census)).is_lawful
