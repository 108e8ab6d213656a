"""Bounces: who is left alone because of what came back, and who is not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, update

from service.store import ledger, membership, owing, participants
from service.store.bounces import COMPLAINT, Bounce, is_about_us, is_dead, list_since, note_bounce
from service.store.claiming import claim
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import Delivery, DeliveryState
from service.store.participants import State
from service.store.settling import Settlement, settle
from service.store.tables import bounces, deliveries
from tests.store import season
from tests.store.season import DAY, DAY_BEFORE, HOUR, SERIES, VERSION

NOW = DAY_BEFORE


def bounce(status: str = "5.1.1", at: datetime = NOW, *, returned: bool = True) -> Bounce:
    return Bounce(at, status, "no such user", returned)


@pytest.mark.parametrize("status", ["5.1.1", "5.1.3", "5.1.6", "5.1.10"])
def test_one_mail_that_came_back_from_no_mailbox_is_enough(status: str) -> None:
    assert is_dead([bounce(status)])


@pytest.mark.parametrize(
    "status", ["5.7.1", "5.7.26", "5.2.2", "5.2.1", "5.4.4", "5.0.0", "5.1.8", "5.1.7", "", COMPLAINT]
)
@given(days=st.lists(st.integers(0, 29), max_size=20), returned=st.booleans())
def test_what_does_not_speak_of_the_address_never_is(status: str, days: list[int], returned: bool) -> None:
    assert not is_dead([bounce(status, NOW + day * DAY, returned=returned) for day in days])


@pytest.mark.parametrize(("status", "returned"), [("5.1.0", True), ("5.1.2", True), ("5.1.1", False), ("5.1.0", False)])
def test_what_is_less_certain_must_be_said_twice_a_day_apart(status: str, returned: bool) -> None:
    def told(*after: timedelta) -> list[Bounce]:
        return [bounce(status, NOW + pause, returned=returned) for pause in after]

    assert not is_dead(told(timedelta(0)))
    assert not is_dead(told(timedelta(0), HOUR, 23 * HOUR))
    assert is_dead(told(timedelta(0), 24 * HOUR))
    assert is_dead(told(24 * HOUR, timedelta(0)))


@given(
    st.lists(st.tuples(st.sampled_from(["5.1.1", "5.1.0", "5.7.1", "5.2.2", ""]), st.integers(0, 600), st.booleans()))
)
def test_more_evidence_never_brings_an_address_back(told: list[tuple[str, int, bool]]) -> None:
    evidence = [bounce(status, NOW + hours * HOUR, returned=returned) for status, hours, returned in told]

    verdicts = [is_dead(evidence[:count]) for count in range(len(evidence) + 1)]

    assert verdicts == sorted(verdicts)


def test_a_policy_speaks_of_us() -> None:
    assert [status for status in ("5.7.1", "5.1.8", "5.1.1", "5.2.2", "") if is_about_us(status)] == ["5.7.1", "5.1.8"]


def send(connection: Connection, name: str = "hana", state: DeliveryState = DeliveryState.SENT) -> Delivery:
    """A mail that left the day before, and another one that is planned."""
    season.publish(connection, VERSION)
    season.join(connection, name)
    for rule in ("1d", "1h"):
        owing.owe_reminders(connection, SERIES, season.occasions()[rule], NOW)
    first = min(ledger.list_all(connection), key=lambda row: row.id)
    doubts = int(state is DeliveryState.UNCERTAIN)
    values: dict[str, Any] = {"state": state, "reason": "dot: 250 queued", "settled_at": NOW, "doubts": doubts}
    connection.execute(update(deliveries).where(deliveries.c.id == first.id).values(**values))
    return first._replace(state=state)


def state_of(connection: Connection, name: str = "hana", series: str = SERIES) -> State:
    found = participants.find(connection, series, f"{name}@example.org")
    assert found
    return found.state


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.UNCERTAIN])
async def test_a_dead_address_gets_nothing_more_and_the_ledger_tells_why(
    database: Database, state: DeliveryState
) -> None:
    def story(connection: Connection) -> tuple[bool, State, list[tuple[DeliveryState, str]]]:
        is_dead_now = note_bounce(connection, send(connection, state=state), bounce())
        rows = [(row.state, row.reason) for row in ledger.list_all(connection)]
        return is_dead_now, state_of(connection), rows

    assert await database.write(story) == (
        True,
        State.SUPPRESSED,
        [
            (state, "came back: 5.1.1 no such user"),
            (DeliveryState.CANCELLED, "the address does not exist: 5.1.1"),
        ],
    )


async def test_all_series_of_the_address_are_meant_but_those_that_were_left(database: Database) -> None:
    def story(connection: Connection) -> dict[str, State]:
        sent = send(connection)
        same: dict[str, Any] = {"language": "ko", "timezone": "Asia/Seoul", "now": NOW}
        for series, state in (("other", State.CONFIRMED), ("new", State.PENDING), ("left", State.CONFIRMED)):
            membership.add(connection, series=series, address="Hana@Example.org", state=state, **same)
        left = participants.find(connection, "left", sent.address)
        assert left
        membership.unsubscribe(connection, left, NOW)
        season.join(connection, "gil")
        note_bounce(connection, sent, bounce())
        return {f"{one.series} {one.address[:1].lower()}": one.state for one in participants.list_all(connection)}

    assert await database.write(story) == {
        "left h": State.UNSUBSCRIBED,
        "new h": State.SUPPRESSED,
        "other h": State.SUPPRESSED,
        f"{SERIES} g": State.CONFIRMED,
        f"{SERIES} h": State.SUPPRESSED,
    }


async def test_the_same_bounce_counts_once(database: Database) -> None:
    def story(connection: Connection) -> tuple[list[bool], int]:
        sent = send(connection)
        again = [note_bounce(connection, sent, bounce("5.1.0", NOW + days * DAY)) for days in range(5)]
        return again, len(list_since(connection, NOW - DAY))

    assert await database.write(story) == ([False] * 5, 1)


async def test_two_mails_that_nobody_could_deliver_are_enough(database: Database) -> None:
    def story(connection: Connection) -> list[bool]:
        sent = send(connection)
        later = sent._replace(id=sent.id + 1)
        return [
            note_bounce(connection, sent, bounce("5.1.0", NOW)),
            note_bounce(connection, later, bounce("5.1.0", NOW + DAY)),
        ]

    assert await database.write(story) == [False, True]


async def test_what_was_a_month_ago_does_not_count(database: Database) -> None:
    def story(connection: Connection) -> bool:
        sent = send(connection)
        note_bounce(connection, sent, bounce("5.1.0", NOW))
        return note_bounce(connection, sent._replace(id=sent.id + 1), bounce("5.1.0", NOW + 31 * DAY))

    assert await database.write(story) is False


async def test_a_policy_against_us_is_kept_and_suppresses_nobody(database: Database) -> None:
    def story(connection: Connection) -> tuple[bool, State, list[str]]:
        is_dead_now = note_bounce(connection, send(connection), bounce("5.7.1"))
        return is_dead_now, state_of(connection), [one.status for one in list_since(connection, NOW)]

    assert await database.write(story) == (False, State.CONFIRMED, ["5.7.1"])


async def test_of_the_erased_and_of_the_organiser_nothing_is_kept(database: Database) -> None:
    def story(connection: Connection) -> int:
        sent = send(connection)
        note_bounce(connection, sent._replace(address="", participant_id=0), bounce())
        return int(connection.execute(select(func.count()).select_from(bounces)).scalar_one())

    assert await database.write(story) == 0


async def test_the_organiser_can_bring_an_address_back(database: Database) -> None:
    def story(connection: Connection) -> list[State]:
        sent = send(connection)
        note_bounce(connection, sent, bounce())
        wish: dict[str, Any] = {"series": SERIES, "address": sent.address, "language": "ko", "timezone": "Asia/Seoul"}
        membership.add(connection, **wish, state=State.CONFIRMED, now=NOW + HOUR)
        states = [state_of(connection)]
        note_bounce(connection, sent._replace(id=sent.id + 1), bounce("5.1.0", NOW + 2 * DAY))
        states.append(state_of(connection))
        note_bounce(connection, sent._replace(id=sent.id + 1), bounce("5.1.1", NOW + 2 * DAY))
        return [*states, state_of(connection)]

    assert await database.write(story) == [State.CONFIRMED, State.CONFIRMED, State.SUPPRESSED]


async def test_what_the_relay_refuses_twice_a_day_apart_is_dead(database: Database) -> None:
    def refuse(connection: Connection, rule: str, now: datetime) -> State:
        (claimed,) = claim(connection, "me", Lane.REMINDERS, now, 1)
        assert claimed.rule == rule
        refused = Settlement(state=DeliveryState.FAILED, reason="rcpt: 550 5.1.1 no", refused="5.1.1")
        settle(connection, [(claimed, refused)], now)
        return state_of(connection)

    def story(connection: Connection) -> list[State]:
        season.publish(connection, VERSION)
        season.join(connection, "hana")
        owing.owe_reminders(connection, SERIES, season.occasions()["7d"], NOW - 6 * DAY)
        states = [refuse(connection, "7d", NOW - 6 * DAY)]
        owing.owe_reminders(connection, SERIES, season.occasions()["1d"], NOW)
        return [*states, refuse(connection, "1d", NOW)]

    assert await database.write(story) == [State.CONFIRMED, State.SUPPRESSED]
    rows = await database.read(ledger.list_all)
    assert {row.reason for row in rows} == {"rcpt: 550 5.1.1 no"}
