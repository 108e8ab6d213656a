"""Health: it is said to be bad when mail is late or cannot leave, and only then."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete

from service.delivery.outcome import Outcome, Phase, Verdict
from service.delivery.rest import Trouble
from service.schedule.version import Revision
from service.store import lanes, owing
from service.store.database import Database, DatabaseTrouble
from service.store.lanes import Hold, Lane
from service.store.ledger import Kind
from service.store.schema import upgrade
from service.store.tables import deliveries
from service.web.health import HealthCheck
from service.web.shelf import Shelf
from service.worker.restraint import Cause, Restraint
from tests.web.season import BEGIN, make_season, make_series

NOW = BEGIN
MINUTE = timedelta(minutes=1)
REFUSED = Outcome(Verdict.UNSENT, Phase.AUTH, 535, "5.7.8", "wrong password", permanent_setup=True)


class Ward:
    """A service that is looked at."""

    def __init__(self, database: Database) -> None:
        self.database, self.shelf, self.time = database, Shelf(), NOW
        self.trouble: Trouble | None = None
        self.unwritten: DatabaseTrouble | None = None
        self.check = HealthCheck(database, self.shelf, self, lambda: self.time)

    async def owe(self, due_at: datetime) -> None:
        def enter(connection: Connection) -> None:
            owing.owe(connection, Kind.CONFIRMATION, "season", 1, due_at, due_at + timedelta(days=1))

        await self.database.write(enter)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    database = Database(tmp_path / "bell.db")
    database.submit(upgrade).result()
    yield Ward(database)
    database.close()


async def test_a_service_with_nothing_to_do_is_well(ward: Ward) -> None:
    health = await ward.check.look()

    assert health.is_well
    assert health.facts["oldest_due_seconds"] == 0


@pytest.mark.parametrize(("late", "is_well"), [(-5, True), (0, True), (2, True), (3, False)])
async def test_mail_that_is_overdue_is_a_reason_to_look(ward: Ward, late: int, is_well: bool) -> None:
    await ward.owe(NOW - late * MINUTE)

    health = await ward.check.look()

    assert health.is_well is is_well
    assert health.facts["oldest_due_seconds"] == max(late, 0) * 60


@pytest.mark.parametrize(("minutes", "is_well"), [(1, True), (3, False)])
async def test_mail_that_is_tried_in_vain_again_and_again_is_one_too(ward: Ward, minutes: int, is_well: bool) -> None:
    """Each attempt puts it off by some seconds, so that it never looks overdue."""
    rest = timedelta(seconds=5)
    ward.trouble = Trouble(NOW - minutes * MINUTE, REFUSED, rest, NOW + rest)
    await ward.owe(NOW + rest)

    health = await ward.check.look()

    assert health.is_well is is_well
    assert health.facts["relay"] == "auth: 535 wrong password"


async def test_trouble_of_long_ago_without_any_mail_waiting_is_none(ward: Ward) -> None:
    ward.trouble = Trouble(NOW - timedelta(days=3), REFUSED, MINUTE, NOW - timedelta(days=2))

    assert (await ward.check.look()).is_well


async def test_a_lane_that_is_held_is_a_reason_to_look_and_shows_nobodys_address(ward: Ward) -> None:
    reason = "rcpt: 550 5.7.1 <reader@example.org>: not wanted here"
    hold = Hold(lane=Lane.REMINDERS, refusal="", reason=reason, since=NOW, until=NOW + MINUTE, rest=MINUTE)
    await ward.database.write(lambda connection: lanes.hold(connection, hold, (), NOW))

    health = await ward.check.look()

    assert not health.is_well
    assert "not wanted here" in str(health.facts["held"])
    assert "reader@example.org" not in str(health.facts["held"])


async def test_what_cannot_be_written_down_is_one_too(ward: Ward) -> None:
    ward.unwritten = DatabaseTrouble("the disk is full; free some space")

    health = await ward.check.look()

    assert (health.is_well, health.facts["unwritten"]) == (False, "the disk is full; free some space")


async def test_a_process_that_sends_nothing_tells_what_the_ledger_knows(ward: Ward) -> None:
    await ward.owe(NOW - 3 * MINUTE)

    health = await HealthCheck(ward.database, ward.shelf, None, lambda: NOW).look()

    assert (health.is_well, health.facts["oldest_due_seconds"]) == (False, 180)


async def test_a_restraint_is_told_with_what_to_do(ward: Ward) -> None:
    full = Restraint(Cause.DISK, "only 3 MiB are free on the disk: free 64 MiB or more")
    found: list[Restraint | None] = [full, None]
    check = HealthCheck(ward.database, ward.shelf, ward, lambda: NOW, lambda: found.pop(0))

    health = await check.look()

    assert (health.is_well, health.facts["restraint"]) == (False, full.words)
    assert (await check.look()).is_well


async def test_a_mail_that_is_not_accounted_for_is_a_reason_to_look(ward: Ward) -> None:
    await ward.owe(NOW)
    assert (await ward.check.look()).facts["unaccounted"] == 0
    await ward.database.write(lambda connection: connection.execute(delete(deliveries)))

    health = await ward.check.look()

    assert (health.is_well, health.facts["unaccounted"]) == (False, 1)


async def test_a_source_that_is_broken_is_told_but_does_not_make_the_service_ill(ward: Ward) -> None:
    revision = Revision(versions=make_season(), changes=(), minted=21)
    ward.shelf.put(make_series(), revision, now=NOW, stale_since=NOW - MINUTE)

    health = await ward.check.look()

    assert health.is_well
    assert health.facts["stale_since"] == {make_series().slug: (NOW - MINUTE).isoformat()}


async def test_a_database_that_is_away_is_told(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_: object) -> object:
        raise DatabaseTrouble("the database is away; check that it is running")

    monkeypatch.setattr(ward.database, "read", refuse)

    health = await ward.check.look()

    assert (health.is_well, dict(health.facts)) == (
        False,
        {"database": "the database is away; check that it is running"},
    )
