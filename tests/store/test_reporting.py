"""Reporting: the organiser hears of a gap and of a week once, with figures that add up."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from service.messages.report import Figures
from service.reminders.gap import Gap, Missing
from service.reminders.week import Week
from service.store import claiming, ledger, owing, reporting, withdrawing
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import DeliveryState, Kind
from service.store.participants import State
from service.store.tables import deliveries, participants
from tests.store import season
from tests.store.season import DAY, DAY_BEFORE, HOUR, SERIES, START, VERSION

NOW = DAY_BEFORE
GAP = Gap(VERSION.uid, START, (Missing.TOPIC, Missing.READING), START - 10 * DAY)
WEEK = Week.of(START, "Asia/Seoul")


async def test_a_gap_is_told_once_for_a_session_and_its_time(database: Database) -> None:
    other = Gap(VERSION.uid, START + DAY, GAP.missing, GAP.due_at)

    def go(connection: Connection) -> list[int]:
        return [reporting.owe_gap(connection, SERIES, gap, NOW) for gap in (GAP, GAP, other)]

    assert await database.write(go) == [1, 0, 1]
    row, _ = await database.read(ledger.list_all)
    assert (row.kind, row.participant_id, row.session) == (Kind.ROW_INCOMPLETE, owing.ORGANISER, VERSION.uid)
    assert reporting.read_missing(row.note) == GAP.missing


async def test_a_gap_of_a_session_that_is_called_off_is_told_to_nobody(database: Database) -> None:
    def go(connection: Connection) -> set[int]:
        season.publish(connection, VERSION)
        reporting.owe_gap(connection, SERIES, GAP, NOW)
        batch = claiming.claim(connection, "me", Lane.ORGANISER, NOW, 10)
        season.publish(connection, season.CANCELLED)
        return claiming.hand_off(connection, "me", batch, NOW)

    assert await database.write(go) == set()
    (row,) = await database.read(ledger.list_all)
    assert (row.state, row.reason) == (DeliveryState.CANCELLED, withdrawing.CALLED_OFF)


async def test_a_report_is_owed_once_a_week_with_its_figures(database: Database) -> None:
    figures = Figures(people=3, sent=7)

    def go(connection: Connection) -> list[int]:
        return [reporting.owe_report(connection, WEEK, figures, NOW, NOW + DAY, NOW) for _ in range(2)]

    assert await database.write(go) == [1, 0]
    (row,) = await database.read(ledger.list_all)
    assert (row.kind, row.series, row.rule) == (Kind.WEEKLY_REPORT, "", "2024-W04")
    assert reporting.read_figures(row.note) == figures


def settle(connection: Connection, person: int, state: DeliveryState, at: datetime, rule: str) -> None:
    times = {"starts_at": at, "due_at": at, "expires_at": at + DAY}
    row: dict[str, Any] = {**owing.prepare(Kind.KNOWN, SERIES, **times, now=at), "state": state, "settled_at": at}
    connection.execute(insert(deliveries).values(participant_id=person, session="", rule=rule, **row))


async def test_the_figures_of_a_week_are_about_that_week_alone(database: Database) -> None:
    since, until = WEEK.begins_at, WEEK.begins_at + 7 * DAY

    def go(connection: Connection) -> None:
        old = season.join(connection, "old", now=since - HOUR)
        new = season.join(connection, "new", now=since)
        gone = season.join(connection, "gone", now=since - DAY)
        dead = season.join(connection, "dead", now=since - DAY)
        for person, state in ((gone, State.UNSUBSCRIBED), (dead, State.SUPPRESSED)):
            chosen = update(participants).where(participants.c.id == person)
            connection.execute(chosen.values(state=state, left_at=since + DAY))
        settle(connection, old, DeliveryState.SENT, since - HOUR, "before")
        settle(connection, old, DeliveryState.SENT, since, "first")
        settle(connection, new, DeliveryState.SENT, until - HOUR, "last")
        settle(connection, new, DeliveryState.SENT, until, "after")
        for rule in ("one", "two"):
            settle(connection, old, DeliveryState.FAILED, since + DAY, rule)
        settle(connection, owing.ORGANISER, DeliveryState.FAILED, since + DAY, "organiser")
        settle(connection, dead, DeliveryState.FAILED, since + DAY, "dead")
        settle(connection, old, DeliveryState.UNCERTAIN, since + DAY, "doubt")
        settle(connection, old, DeliveryState.EXPIRED, since + DAY, "late")

    await database.write(go)

    assert await database.read(lambda c: reporting.take_figures(c, since, until)) == Figures(
        people=2, came=1, left=1, sent=2, failed=4, uncertain=1, expired=1, unreached=2
    )


async def test_where_nothing_happened_every_figure_is_nought(database: Database) -> None:
    assert await database.read(lambda c: reporting.take_figures(c, NOW - DAY, NOW)) == Figures()
