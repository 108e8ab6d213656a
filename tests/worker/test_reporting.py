"""Reporting: on Monday morning, once, with the figures of the week before."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from service.store import ledger
from service.store.database import Database
from service.store.reporting import read_figures
from service.worker.reporting import Reporter
from tests.store import season
from tests.store.season import DAY, HOUR

MONDAY = datetime(2024, 1, 22, 8, tzinfo=ZoneInfo("Asia/Seoul"))


async def test_a_report_is_owed_on_monday_at_eight_and_once(database: Database) -> None:
    await database.write(lambda c: season.join(c, "reader"))
    one, other = (Reporter(database, "Asia/Seoul") for _ in range(2))

    assert [await one.plan(MONDAY - HOUR), await one.plan(MONDAY), await one.plan(MONDAY + HOUR)] == [0, 1, 0]
    assert await other.plan(MONDAY + HOUR) == 0
    assert await one.plan(MONDAY + 7 * DAY) == 1


async def test_a_report_that_is_half_a_day_late_is_not_sent(database: Database) -> None:
    await database.write(lambda c: season.join(c, "reader"))

    assert await Reporter(database, "Asia/Seoul").plan(MONDAY + 12 * HOUR) == 0


async def test_where_nobody_is_registered_there_is_nothing_to_report(database: Database) -> None:
    assert await Reporter(database, "Asia/Seoul").plan(MONDAY) == 0


async def test_its_figures_are_those_of_the_week_before(database: Database) -> None:
    await database.write(lambda c: season.join(c, "last.week", now=MONDAY - DAY))
    await database.write(lambda c: season.join(c, "today", now=MONDAY - HOUR))

    await Reporter(database, "Asia/Seoul").plan(MONDAY)

    (row,) = await database.read(ledger.list_all)
    assert (read_figures(row.note).people, read_figures(row.note).came) == (2, 1)


@pytest.mark.parametrize(("now", "turn"), [(MONDAY - HOUR, MONDAY), (MONDAY, MONDAY + 7 * DAY)])
async def test_the_next_report_is_due_on_the_next_monday(database: Database, now: datetime, turn: datetime) -> None:
    assert Reporter(database, "Asia/Seoul").next_turn(now) == turn
