"""Planning: every reminder once and in time, whatever changes meanwhile, and a quiet tick that costs nothing."""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from service.reminders.rule import parse_rules
from service.schedule.session import When
from service.schedule.version import Version
from service.store import ledger, membership, withdrawing
from service.store.database import Database, DatabaseTrouble
from service.store.ledger import DeliveryState
from service.store.participants import State
from service.store.tables import participants as people
from service.worker.planning import Planned, Planner
from tests.store import season
from tests.store.season import CANCELLED, DAY, DAY_BEFORE, HOUR, MINUTE, SERIES, SESSION, START, VERSION, moved

RULES = parse_rules("7d 1d 1h")


class Board:
    """What is published, as the planner asks for it."""

    def __init__(self, *versions: Version) -> None:
        self.versions: tuple[Version, ...] = versions

    def __call__(self, slug: str) -> Iterable[Version]:
        return self.versions


async def open_season(database: Database, *names: str, timezone: str = "Asia/Seoul") -> tuple[Planner, Board]:
    def enter(connection: Connection) -> None:
        season.publish(connection, VERSION)
        for name in names:
            season.join(connection, name, timezone=timezone)

    await database.write(enter)
    board = Board(VERSION)
    return Planner(database, [Planned(SERIES, RULES)], board), board


async def states(database: Database) -> dict[DeliveryState, int]:
    counts = await database.read(ledger.tally)
    return {state: count for state, count in counts.items() if count}


async def test_each_reminder_is_planned_when_it_falls_due_and_once(database: Database) -> None:
    planner, _ = await open_season(database, "one", "other")
    owed = []

    for before in (8 * DAY, 7 * DAY, 6 * DAY, DAY, DAY, HOUR, 3 * MINUTE, 2 * MINUTE, -DAY):
        owed.append(await planner.plan(START - before))

    assert owed == [0, 2, 0, 2, 0, 2, 0, 0, 0]
    assert await states(database) == {DeliveryState.PLANNED: 6}


async def test_after_a_downtime_only_the_newest_reminder_is_planned(database: Database) -> None:
    planner, _ = await open_season(database, "reader")

    await planner.plan(START - 30 * MINUTE)

    (row,) = await database.read(ledger.list_all)
    assert row.rule == "1h"


async def test_whoever_confirms_between_two_ticks_is_reminded_of_what_falls_due_afterwards(database: Database) -> None:
    planner, _ = await open_season(database, "early")
    assert await planner.plan(DAY_BEFORE) == 1

    # Confirmed before the reminder fell due, but written down only after the tick that planned it.
    await database.write(lambda c: season.join(c, "slow", now=DAY_BEFORE - MINUTE))

    assert await planner.plan(DAY_BEFORE + MINUTE) == 1
    assert await planner.plan(DAY_BEFORE + 2 * MINUTE) == 0


async def test_a_session_that_moves_away_and_back_is_reminded_of_after_all(database: Database) -> None:
    planner, board = await open_season(database, "reader")
    await planner.plan(DAY_BEFORE)
    for version in (moved(2 * DAY), replace(VERSION, sequence=2)):

        def edit(connection: Connection, version: Version = version) -> None:
            season.publish(connection, version)
            withdrawing.call_off(connection, VERSION.uid, withdrawing.SUPERSEDED, DAY_BEFORE)

        await database.write(edit)
        board.versions = (version,)
        await planner.plan(DAY_BEFORE + MINUTE)

    rows = [row for row in await database.read(ledger.list_all) if row.starts_at == START]
    assert [(row.rule, row.state) for row in rows] == [("1d", DeliveryState.PLANNED)]


async def test_a_cancelled_session_is_not_reminded_of(database: Database) -> None:
    planner, board = await open_season(database, "reader")
    board.versions = (CANCELLED,)

    assert await planner.plan(DAY_BEFORE) == 0
    assert await planner.next_wake(DAY_BEFORE) is None


async def test_only_confirmed_people_are_reminded(database: Database) -> None:
    planner, _ = await open_season(database, "reader")

    def enter(connection: Connection) -> None:
        for state in State:
            membership.add(
                connection,
                series=SERIES,
                address=f"{state}@example.org",
                language="ko",
                timezone="Asia/Seoul",
                state=state,
                now=VERSION.modified,
            )

    await database.write(enter)

    assert await planner.plan(DAY_BEFORE) == 2


async def test_everybody_is_reminded_at_their_own_hour(database: Database) -> None:
    """A day before 21:00 in Seoul is, for somebody in New York, 07:00 there the day before: the same instant here."""
    planner, _ = await open_season(database, "far", timezone="America/New_York")
    await database.write(lambda c: c.execute(people.update().values(leads="90m")))

    assert await planner.plan(START - HOUR - 31 * MINUTE) == 0
    assert await planner.plan(START - HOUR - 30 * MINUTE) == 1


async def test_the_next_wake_is_the_next_reminder_or_the_next_attempt(database: Database) -> None:
    planner, _ = await open_season(database, "reader")

    await planner.plan(START - 8 * DAY)
    assert await planner.next_wake(START - 8 * DAY) == START - 7 * DAY
    await planner.plan(START - 7 * DAY)
    assert await planner.next_wake(START - 7 * DAY - MINUTE) == START - 7 * DAY
    await planner.plan(START - HOUR)
    assert await planner.next_wake(START - HOUR) is None


async def test_a_clock_that_is_turned_back_plans_what_is_due_by_it(database: Database) -> None:
    planner, _ = await open_season(database, "reader")
    await planner.plan(START + DAY)

    assert await planner.plan(DAY_BEFORE) == 1


async def test_trouble_with_the_database_is_made_good_by_the_next_tick(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner, _ = await open_season(database, "reader")

    async def refuse(work: Any) -> Any:
        raise DatabaseTrouble("away")

    with monkeypatch.context() as patch:
        patch.setattr(database, "write", refuse)
        with pytest.raises(DatabaseTrouble):
            await planner.plan(DAY_BEFORE)

    assert await planner.plan(DAY_BEFORE + MINUTE) == 1


async def test_one_series_that_cannot_be_planned_does_not_silence_the_others(database: Database) -> None:
    await open_season(database, "reader")

    def versions(slug: str) -> Iterable[Version]:
        if slug == "faulty":
            raise LookupError("a bug")
        return (VERSION,)

    planner = Planner(database, [Planned("faulty", RULES), Planned(SERIES, RULES)], versions)

    assert await planner.plan(DAY_BEFORE) == 1


async def test_two_planners_owe_nothing_twice(database: Database) -> None:
    one, board = await open_season(database, "reader")
    other = Planner(database, [Planned(SERIES, RULES)], board)

    assert [await one.plan(DAY_BEFORE), await other.plan(DAY_BEFORE)] == [1, 0]


async def test_a_quiet_tick_of_a_thousand_series_is_cheap(database: Database) -> None:
    weeks = tuple(
        replace(
            VERSION,
            uid=f"{week}@example.org",
            session=replace(SESSION, when=When(START + 7 * week * DAY, START + 7 * week * DAY + HOUR)),
        )
        for week in range(50)
    )
    slugs = [f"series-{number}" for number in range(1000)]
    row = {"language": "ko", "timezone": "Asia/Seoul", "leads": "", "state": State.CONFIRMED, "name": ""}
    row |= {"created_at": VERSION.modified, "since": VERSION.modified}  # type: ignore[dict-item]
    rows = [row | {"series": slug, "address": "r@example.org", "address_key": "r@example.org"} for slug in slugs]
    await database.write(lambda c: c.execute(insert(people), rows))
    planner = Planner(database, [Planned(slug, RULES) for slug in slugs], lambda _: weeks)
    now = START - 10 * DAY
    await planner.plan(now)
    spent = []

    for tick in range(10):
        began = time.process_time()
        await planner.plan(now + tick * timedelta(seconds=2))
        await planner.next_wake(now + tick * timedelta(seconds=2))
        spent.append(time.process_time() - began)

    print(f"a quiet tick takes {min(spent) * 1000:.1f} ms")
    assert min(spent) < 0.05


async def test_other_rules_in_the_settings_remind_nobody_again_of_what_was_due_before(database: Database) -> None:
    planner, board = await open_season(database, "reader")
    await planner.plan(DAY_BEFORE)

    # Restarted half a day later, with a rule that would have been due an hour before the one that was.
    again = Planner(database, [Planned(SERIES, parse_rules("1d@20:00 3h"))], board)

    assert await again.plan(DAY_BEFORE + 12 * HOUR) == 0
    assert await again.plan(START - 3 * HOUR) == 1


async def test_other_rules_are_made_good_for_where_nothing_newer_was_sent(database: Database) -> None:
    planner, board = await open_season(database, "reader")
    await planner.plan(START - 7 * DAY)

    again = Planner(database, [Planned(SERIES, parse_rules("2d"))], board)

    assert await again.plan(DAY_BEFORE) == 1


async def test_what_a_wrong_clock_has_planned_ahead_does_not_stand_in_for_what_is_due(database: Database) -> None:
    planner, _ = await open_season(database, "reader")
    await planner.plan(START - HOUR)

    assert await planner.plan(DAY_BEFORE) == 1
