"""Sharing: whoever falls asleep with an old state in hand overwrites nothing, and tells nobody anything twice."""

import asyncio

import pytest

from service.store.database import Database
from service.store.ledger import Kind
from service.worker import sharing
from service.worker.documents import Documents
from service.worker.sharing import Sharing
from tests.worker.test_refreshing import CANCELLED, GOOD, MOVED, Desk, House

TWO = ("season", "other")


@pytest.fixture
def processes(database: Database) -> tuple[House, House]:
    """Two processes, each with the document as it sees it."""
    return House(database, Desk()), House(database, Desk())


async def test_a_state_that_another_process_has_kept_is_taken_over_and_not_overwritten(
    processes: tuple[House, House],
) -> None:
    first, second = processes
    await first.edit(GOOD)
    await second.refresher.restore()
    await first.tell_everybody()
    await first.edit(CANCELLED)

    assert await second.edit(CANCELLED), "its own state is of yesterday"

    assert second.versions == first.versions
    assert second.refresher.edition == first.refresher.edition
    assert await second.refresher.refresh(), "now it takes up what it read"
    assert [row.kind for row in await second.notices()] == [Kind.CANCELLED] * 2, "one each"


async def test_what_was_read_over_an_old_state_is_kept_over_the_new_one(processes: tuple[House, House]) -> None:
    first, second = processes
    await first.edit(GOOD)
    await second.refresher.restore()
    await first.edit(CANCELLED)

    await second.edit(MOVED)
    await second.refresher.refresh()

    assert second.versions[0].sequence > first.versions[0].sequence
    await first.refresher.restore()
    assert first.versions == second.versions


async def test_complaints_of_two_processes_are_one(processes: tuple[House, House]) -> None:
    first, second = processes
    await first.edit(GOOD)
    await second.refresher.restore()
    for process in processes:
        process.desk.trouble = "season.md: there is no such file"
        await process.refresher.refresh()

    assert await first.told_organiser() == [Kind.SOURCE_BROKEN]
    assert second.published[-1].broken_since == first.published[-1].broken_since


async def test_of_two_one_asks_until_it_leaves(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "_RENEW", 0.0)
    one, other = Sharing(database), Sharing(database)

    assert await one.choose(TWO) == set(TWO)
    assert await other.choose(TWO) == set()
    assert await one.choose(TWO) == set(TWO)
    await one.leave()
    assert await other.choose(TWO) == set(TWO)
    assert await one.choose(TWO) == set()


async def test_a_lease_is_renewed_now_and_then_and_not_at_every_look(database: Database) -> None:
    one, other = Sharing(database), Sharing(database)
    await one.choose(TWO)
    await other.choose(TWO)
    await one.leave()

    assert await other.choose(TWO) == set(), "it asks again in ten seconds"


async def test_whoever_is_alone_has_nothing_to_follow() -> None:
    documents = Documents([])

    assert not await documents.follow()
    await asyncio.wait_for(documents.close(), 1)
