"""Digests: one a week for each who wants one, and was there, and has not paused."""

from datetime import datetime

import pytest
from sqlalchemy import Connection, func, select, update

from service.reminders.week import Week
from service.store import claiming, digests, ledger, withdrawing
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import DeliveryState, Kind
from service.store.noticing import News, owe_notice
from service.store.tables import deliveries, participants
from tests.store import season
from tests.store.season import DAY, HOUR, SERIES, START, VERSION

WEEK = Week.of(START, "Asia/Seoul")


def choose(connection: Connection, person: int, **wishes: object) -> None:
    connection.execute(update(participants).where(participants.c.id == person).values(digest=True, **wishes))


def owe(connection: Connection, week: Week = WEEK, now: datetime = WEEK.due_at) -> int:
    return digests.owe_digest(connection, SERIES, week, now)


async def test_who_wants_a_digest_is_owed_one_a_week(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        season.join(connection, "indifferent")
        choose(connection, season.join(connection, "reader"))
        choose(connection, season.join(connection, "far", timezone="Europe/Berlin"))
        return [owe(connection), owe(connection), owe(connection, Week(WEEK.monday + 7 * DAY, WEEK.timezone))]

    assert await database.write(go) == [1, 0, 1]
    first, _ = await database.read(ledger.list_all)
    assert (first.kind, first.session, first.rule, first.due_at) == (Kind.DIGEST, "", "2024-W04", WEEK.due_at)
    assert (first.starts_at, first.expires_at) == (WEEK.key, WEEK.expires_at)
    assert first.address == "reader@example.org"


async def test_who_moves_to_another_zone_gets_no_second_digest_of_the_week(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        person = season.join(connection, "reader")
        choose(connection, person)
        owed = [owe(connection)]
        choose(connection, person, timezone="Europe/Berlin")
        return [*owed, owe(connection, Week(WEEK.monday, "Europe/Berlin"))]

    assert await database.write(go) == [1, 0]


@pytest.mark.parametrize(
    ("wishes", "count"),
    [
        ({}, 1),
        ({"since": WEEK.due_at + HOUR}, 0),
        ({"paused_until": WEEK.due_at + DAY}, 0),
        ({"paused_until": WEEK.due_at - DAY}, 1),
        ({"state": "unsubscribed"}, 0),
        ({"state": "pending"}, 0),
    ],
)
async def test_who_came_later_left_or_paused_gets_none(
    database: Database, wishes: dict[str, object], count: int
) -> None:
    def go(connection: Connection) -> int:
        choose(connection, season.join(connection, "reader"), **wishes)
        return owe(connection)

    assert await database.write(go) == count


async def test_who_switches_digests_off_gets_not_even_the_one_that_waits(database: Database) -> None:
    def go(connection: Connection) -> set[int]:
        season.publish(connection, VERSION)
        person = season.join(connection, "reader")
        choose(connection, person)
        owe(connection)
        batch = claiming.claim(connection, "me", Lane.REMINDERS, WEEK.due_at, 10)
        connection.execute(update(participants).values(digest=False))
        return claiming.hand_off(connection, "me", batch, WEEK.due_at)

    assert await database.write(go) == set()
    (row,) = await database.read(ledger.list_all)
    assert (row.state, row.reason) == (DeliveryState.CANCELLED, "no weekly summary is wanted")


async def test_the_zones_of_those_who_want_digests_are_counted_by_series(database: Database) -> None:
    def go(connection: Connection) -> None:
        for name, timezone in [("a", "Asia/Seoul"), ("b", "Asia/Seoul"), ("c", "Europe/Berlin")]:
            choose(connection, season.join(connection, name, timezone=timezone))
        season.join(connection, "d", timezone="UTC")

    assert await database.read(digests.count_digests) == {}
    await database.write(go)

    zones = await database.read(digests.count_digests)
    assert [timezone for timezone, _ in zones[SERIES]] == ["Asia/Seoul", "Europe/Berlin"]


def tell(connection: Connection, was_at: datetime, starts_at: datetime, kind: Kind = Kind.MOVED) -> int:
    """Owe the news, as an edit does, that the session moved, or is off."""
    edition = connection.execute(select(func.count()).select_from(deliveries)).scalar_one()
    withdrawing.call_off(connection, VERSION.uid, withdrawing.SUPERSEDED, WEEK.due_at)
    news = News(
        kind=kind,
        session=VERSION.uid,
        starts_at=starts_at,
        edition=edition,
        due_at=WEEK.due_at + DAY,
        was_at=was_at,
    )
    return owe_notice(connection, SERIES, news, WEEK.due_at + DAY)


def send_digests(connection: Connection) -> None:
    choose(connection, season.join(connection, "reader"))
    season.join(connection, "indifferent")
    owe(connection)
    connection.execute(update(deliveries).values(state=DeliveryState.SENT, settled_at=WEEK.due_at))


@pytest.mark.parametrize("kind", [Kind.MOVED, Kind.CANCELLED])
async def test_who_knows_a_session_from_a_digest_hears_when_it_changes(database: Database, kind: Kind) -> None:
    def go(connection: Connection) -> int:
        send_digests(connection)
        return tell(connection, START, START + DAY if kind is Kind.MOVED else START, kind)

    assert await database.write(go) == 1
    notice = (await database.read(ledger.list_all))[-1]
    assert (notice.kind, notice.address, notice.told_at) == (kind, "reader@example.org", START)


async def test_a_digest_of_another_week_has_told_nothing(database: Database) -> None:
    def go(connection: Connection) -> int:
        send_digests(connection)
        return tell(connection, START + 9 * DAY, START + 10 * DAY)

    assert await database.write(go) == 0


async def test_a_correction_of_a_correction_is_one_notice_or_none(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        send_digests(connection)
        return [
            tell(connection, START, START + DAY),
            tell(connection, START + DAY, START + 2 * DAY),
            tell(connection, START + 2 * DAY, START),
        ]

    assert await database.write(go) == [1, 1, 0]
    notices = [row for row in await database.read(ledger.list_all) if row.kind is Kind.MOVED]
    assert [(row.state, row.told_at) for row in notices] == [(DeliveryState.CANCELLED, START)] * 2


async def test_a_digest_leaves_with_the_reminders(database: Database) -> None:
    def go(connection: Connection) -> set[int]:
        choose(connection, season.join(connection, "reader"))
        owe(connection)
        batch = claiming.claim(connection, "me", Lane.REMINDERS, WEEK.due_at, 10)
        return claiming.hand_off(connection, "me", batch, WEEK.due_at)

    assert len(await database.write(go)) == 1
