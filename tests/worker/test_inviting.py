"""Inviting: in time, after every change, and at no cost while nothing changes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from service.reminders.calendar_entry import CORRECTED_WITHIN, HORIZON
from service.schedule.version import Version
from service.store import ledger
from service.store.database import Database, DatabaseTrouble
from service.store.tables import participants
from service.worker import inviting
from service.worker.inviting import Inviter
from service.worker.planning import Planner
from tests.store import season
from tests.store.season import DAY, DAY_BEFORE, HOUR, MINUTE, SERIES, START, VERSION

SECOND = timedelta(seconds=1)


class Board:
    """What is published, as the inviter asks for it."""

    def __init__(self, *versions: Version) -> None:
        self.versions: tuple[Version, ...] = versions

    def __call__(self, slug: str) -> Iterable[Version]:
        return self.versions

    async def show(self, database: Database, version: Version) -> None:
        await database.write(lambda c: season.publish(c, version))
        self.versions = (version,)


async def open_season(database: Database, *names: str) -> tuple[Inviter, Board]:
    await database.write(lambda c: season.publish(c, VERSION))
    for name in names:
        await join(database, name)
    board = Board(VERSION)
    return Inviter(database, [SERIES], board), board


async def join(database: Database, name: str) -> None:
    def enter(connection: Connection) -> None:
        new = season.join(connection, name)
        connection.execute(update(participants).where(participants.c.id == new).values(invitations=True))

    await database.write(enter)


async def test_people_are_invited_once_two_weeks_before(database: Database) -> None:
    inviter, _ = await open_season(database, "one", "other")
    early = START - HORIZON - SECOND

    assert [await inviter.plan(early), inviter.next_turn(early)] == [0, START - HORIZON]
    assert [await inviter.plan(START - before) for before in (HORIZON, HORIZON, DAY, SECOND, -DAY)] == [2, 0, 0, 0, 0]
    assert inviter.next_turn(START) is None


async def test_whoever_switches_them_on_is_invited_by_the_next_plan(database: Database) -> None:
    inviter, _ = await open_season(database)

    assert await inviter.plan(DAY_BEFORE) == 0
    await join(database, "one")
    assert await inviter.plan(DAY_BEFORE) == 1
    await join(database, "other")
    assert [await inviter.plan(DAY_BEFORE) for _ in range(2)] == [1, 0]


async def test_an_edit_is_told_when_ten_minutes_have_passed_without_another(database: Database) -> None:
    inviter, board = await open_season(database, "one")
    await inviter.plan(DAY_BEFORE - DAY)
    for minutes in (0, 9):
        edited = DAY_BEFORE + minutes * MINUTE
        await board.show(database, replace(season.moved(DAY, 1 + minutes), modified=edited))
        assert await inviter.plan(edited) == 0
        assert inviter.next_turn(edited) == edited + CORRECTED_WITHIN

    assert await inviter.plan(DAY_BEFORE + CORRECTED_WITHIN) == 0
    assert await inviter.plan(edited + CORRECTED_WITHIN) == 1
    assert [row.rule for row in await database.read(ledger.list_all)] == ["0", "10"]


async def test_a_quiet_tick_looks_at_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    inviter, _ = await open_season(database, "one")
    await inviter.plan(DAY_BEFORE)

    monkeypatch.setattr(inviting, "list_entries", None)
    assert await inviter.plan(DAY_BEFORE + HOUR) == 0


async def test_a_series_that_fails_does_not_keep_another_from_inviting(database: Database) -> None:
    _, board = await open_season(database, "one")

    def versions(slug: str) -> Iterable[Version]:
        if slug == "broken":
            raise RuntimeError("no such thing")
        return board(slug)

    def copy(connection: Connection) -> None:
        broken = season.join(connection, "other")
        change = update(participants).where(participants.c.id == broken)
        connection.execute(change.values(series="broken", invitations=True))

    await database.write(copy)

    assert await Inviter(database, ["broken", SERIES], versions).plan(DAY_BEFORE) == 1


async def test_the_planner_has_it_done_and_wakes_for_it(database: Database) -> None:
    inviter, board = await open_season(database, "one")
    planner = Planner(database, [], board, [inviter])
    early = START - HORIZON - DAY

    assert await planner.plan(early) == 0
    assert await planner.next_wake(early) == START - HORIZON
    assert await planner.plan(DAY_BEFORE) == 1


async def test_trouble_with_the_database_is_made_good_by_the_next_tick(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    inviter, _ = await open_season(database, "one")

    async def refuse(work: object) -> None:
        raise DatabaseTrouble("away")

    with monkeypatch.context() as patch:
        patch.setattr(database, "write", refuse)
        with pytest.raises(DatabaseTrouble):
            await inviter.plan(DAY_BEFORE)

    assert await inviter.plan(DAY_BEFORE) == 1
