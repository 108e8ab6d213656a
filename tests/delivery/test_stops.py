"""When mails do not leave: relays that are down, refuse everybody, put everybody off, or take their time."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from service.delivery.composing import Organiser
from service.delivery.courier import Courier
from service.delivery.envelope import Envelope
from service.delivery.outcome import Outcome, Phase, Verdict
from service.delivery.relay import Relay as SmtpRelay
from service.delivery.relay import Security, Timeouts
from service.delivery.settling import Doubtful
from service.delivery.smtp import SmtpTransport
from service.store import amending, lanes, owing, participants
from service.store.census import take_census
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import TO_ORGANISER, DeliveryState, Kind
from service.store.tables import deliveries
from service.store.tables import participants as people
from tests.delivery.faults import Step
from tests.delivery.office import ACCEPTED, DownRelay, Office, Relay
from tests.delivery.scripted import ScriptedServer
from tests.store import conftest as stores
from tests.store import season
from tests.store.season import DAY_BEFORE, HOUR, MINUTE, SERIES, START

address, database, postgresql = stores.address, stores.database, stores.postgresql
SECOND = timedelta(seconds=1)
POLICY = Outcome(Verdict.REFUSED, Phase.RCPT, 550, "5.7.1", "mails from 192.0.2.1 are not wanted")
GREYLISTED = Outcome(Verdict.DEFERRED, Phase.RCPT, 451, "4.7.1", "greylisted, try again later")
NO_LOGIN = Outcome(Verdict.UNSENT, Phase.AUTH, 535, "5.7.8", "wrong password", permanent_setup=True)
DOUBT = Outcome(Verdict.DOUBTFUL, Phase.DOT, text="the relay closed the connection")
ORGANISER = "organizer@example.org"
WRITTEN_FROM_MORE = {
    Kind.INVITATION, Kind.WELCOME, Kind.DIGEST, Kind.SIGN_UP_FLOOD, Kind.ROW_INCOMPLETE, Kind.WEEKLY_REPORT
}  # fmt: skip
"""Kinds of which a row of the ledger alone does not tell enough to write them here."""

KINDS = set(Kind) - WRITTEN_FROM_MORE
on_sqlite = pytest.mark.parametrize("address", ["sqlite"], indirect=True)
"""For what takes long, and is the same whichever database stands behind it."""


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path, organiser=Organiser(ORGANISER, "en"))


async def tick(office: Office, courier: Courier, *, every: timedelta, until: Callable[[], bool]) -> None:
    """Let the clock run, and the courier work, until something is so."""
    while not until():
        await courier.deliver_due()
        office.time += every


async def list_told(office: Office) -> list[Kind]:
    return [row.kind for row in await office.rows() if row.participant_id == owing.ORGANISER]


async def count(office: Office, kind: Kind = Kind.REMINDER) -> Counter[str]:
    return Counter(str(row.state) for row in await office.rows() if row.kind is kind)


async def assert_lawful(office: Office) -> None:
    assert (await office.database.read(take_census)).flaws == ()


# Everybody is refused.


async def test_a_relay_that_refuses_everybody_is_stopped_at_early_and_nobody_is_to_blame(office: Office) -> None:
    await office.open(people=1000)
    relay = Relay(lambda _: POLICY)
    courier = office.employ(relay)

    await tick(office, courier, every=10 * SECOND, until=lambda: office.time > DAY_BEFORE + MINUTE)

    assert len(relay.handed) <= 20
    assert await count(office) == {"planned": 1000}, "those who were refused are owed their mail again"
    states = await office.database.read(lambda connection: connection.scalars(select(people.c.state)).all())
    assert set(states) == {participants.State.CONFIRMED}
    assert Lane.REMINDERS in await office.database.read(lanes.held)
    assert await list_told(office) == [Kind.SENDING_STOPPED]
    await assert_lawful(office)


@on_sqlite
async def test_a_lane_that_is_held_while_a_line_waits_for_its_turn_is_no_fault(office: Office) -> None:
    await office.open(people=40)
    relay = Relay(lambda _: POLICY)

    await office.employ(relay, rate_per_minute=6000).deliver_due()

    assert len(relay.handed) <= 20
    assert Lane.REMINDERS in await office.database.read(lanes.held)


@on_sqlite
async def test_one_mail_is_tried_now_and_then_and_when_it_is_accepted_all_get_theirs(office: Office) -> None:
    await office.open(people=200)
    is_well = False
    relay = Relay(lambda _: ACCEPTED if is_well else POLICY)
    courier = office.employ(relay)
    await courier.deliver_due()
    await courier.deliver_due()
    refused = len(relay.handed)

    await tick(office, courier, every=5 * MINUTE, until=lambda: office.time > DAY_BEFORE + 80 * MINUTE)
    tries = len(relay.handed) - refused
    is_well = True
    await tick(office, courier, every=10 * MINUTE, until=lambda: office.time > DAY_BEFORE + 4 * HOUR)

    assert tries <= 8, "after 5, 10, 20 and 40 minutes, a mail of each lane"
    assert await count(office) == {"sent": 200}
    assert await office.database.read(lanes.held) == {}
    assert await list_told(office) == [Kind.SENDING_STOPPED, Kind.SENDING_RESUMED]
    await assert_lawful(office)


async def test_the_organiser_is_told_at_once_if_the_relay_takes_their_mail_and_again_when_it_goes_on(
    office: Office,
) -> None:
    await office.open(people=100)
    is_well = False
    relay = Relay(lambda envelope: ACCEPTED if is_well or envelope.recipient == ORGANISER else POLICY)
    courier = office.employ(relay)

    await courier.deliver_due()

    assert await count(office, Kind.SENDING_STOPPED) == {"sent": 1}
    is_well = True
    await tick(office, courier, every=5 * MINUTE, until=lambda: office.time > DAY_BEFORE + HOUR)
    assert await count(office, Kind.SENDING_RESUMED) == {"sent": 1}
    stopped, resumed = [envelope for envelope in relay.handed if envelope.recipient == ORGANISER]
    assert b"Subject: Some mails are held back: " in stopped.content
    assert b"Subject: Mails leave again: " in resumed.content


async def test_all_processes_obey_and_a_new_one_does_too(office: Office) -> None:
    await office.open(people=100)
    await office.employ(Relay(lambda _: POLICY)).deliver_due()
    relay = Relay(lambda _: POLICY)

    await office.employ(relay).deliver_due()

    assert [one for one in relay.recipients if one != ORGANISER] == []


async def test_a_person_who_tries_again_need_not_wait(office: Office) -> None:
    await office.open(people=50)
    await office.employ(Relay(lambda _: POLICY)).deliver_due()
    row = next(row for row in await office.rows() if row.kind is Kind.REMINDER)

    def fail_and_retry(connection: Connection) -> None:
        amending.settle_by_hand(connection, row.id, DeliveryState.FAILED, "it was", office.time)
        amending.retry(connection, row.id, office.time)

    await office.database.write(fail_and_retry)
    relay = Relay()
    await office.employ(relay).deliver_due()

    assert len(relay.handed) >= 30, "all but those who were refused, who come last"


@on_sqlite
async def test_a_few_who_are_refused_for_reasons_of_their_own_do_not_stop_the_others(office: Office) -> None:
    await office.open(people=300)
    unwanted = {f"reader{number}@example.org" for number in range(0, 300, 30)}
    relay = Relay(lambda envelope: POLICY if envelope.recipient in unwanted else ACCEPTED)

    await office.employ(relay).deliver_due()

    assert await count(office) == {"sent": 290, "failed": 10}


# The relay is down.


@on_sqlite
@pytest.mark.parametrize(
    ("down_for", "sent", "expired"),
    [(MINUTE, 200, 0), (2 * HOUR, 200, 0), (26 * HOUR, 0, 200)],
    ids=["1 min", "2 h", "26 h"],
)
async def test_a_relay_that_is_down_burns_no_attempts_and_delays_nothing_longer_than_a_minute(
    office: Office, down_for: timedelta, sent: int, expired: int
) -> None:
    await office.open(people=200)
    relay, down = Relay(), DownRelay()
    courier = office.employ(down)
    back_at = DAY_BEFORE + down_for
    await tick(office, courier, every=down_for / 15, until=lambda: office.time >= back_at)
    assert {row.attempts for row in await office.rows()} == {0}

    down.back = relay
    await tick(office, courier, every=10 * SECOND, until=lambda: office.time >= back_at + MINUTE)

    assert await count(office) == {state: number for state, number in (("sent", sent), ("expired", expired)) if number}
    reminders = [row for row in await office.rows() if row.kind is Kind.REMINDER]
    assert {row.reason for row in reminders if row.state is DeliveryState.EXPIRED} <= {"it would have come too late"}
    assert relay.recipients.count(ORGANISER) == (2 if down_for > 10 * MINUTE else 0), "stopped, and resumed"
    await assert_lawful(office)


async def test_a_relay_that_refuses_the_login_is_told_at_once(office: Office) -> None:
    await office.open(people=10)

    await tick(
        office,
        office.employ(Relay(lambda _: NO_LOGIN)),
        every=10 * SECOND,
        until=lambda: office.time > DAY_BEFORE + MINUTE / 2,
    )

    assert await list_told(office) == [Kind.SENDING_STOPPED]
    (stopped,) = (row for row in await office.rows() if row.kind is Kind.SENDING_STOPPED)
    assert stopped.note == "auth: 535 5.7.8 wrong password"


async def test_who_has_no_organiser_tells_nobody(office: Office) -> None:
    office.organiser = None
    await office.open(people=30)

    await tick(
        office,
        office.employ(Relay(lambda _: POLICY)),
        every=2 * SECOND,
        until=lambda: office.time > DAY_BEFORE + MINUTE,
    )

    assert await list_told(office) == []


# The relay puts everybody off.


@on_sqlite
async def test_who_is_put_off_is_asked_again_ever_more_seldom(office: Office) -> None:
    await office.open()
    courier = office.employ(Relay(lambda _: GREYLISTED))
    tried = []

    while (row := await office.only()).state is DeliveryState.PLANNED and row.next_at < row.expires_at:
        office.time = row.next_at
        tried.append(office.time)
        await courier.deliver_due()

    pauses = [(later - earlier) / MINUTE for earlier, later in pairwise(tried)]
    assert pauses[:9] == pytest.approx([1, 2, 5, 10, 20, 40, 60, 60, 60], rel=0.21)
    assert set(map(round, pauses[6:])) != {60}, "spread"
    assert row.attempts == len(tried)


@on_sqlite
async def test_a_greylisting_relay_gets_all_mails_after_a_minute_spread_over_time(office: Office) -> None:
    await office.open(people=40)
    seen: set[str] = set()
    again: list[float] = []

    def greylist(envelope: Envelope) -> Outcome:
        if envelope.recipient in seen:
            again.append((office.time - DAY_BEFORE) / SECOND)
            return ACCEPTED
        seen.add(envelope.recipient)
        return GREYLISTED

    courier = office.employ(Relay(greylist))
    await courier.deliver_due()
    office.time += 46 * SECOND
    await tick(office, courier, every=2 * SECOND, until=lambda: office.time > DAY_BEFORE + 76 * SECOND)

    assert await count(office) == {"sent": 40}
    assert 48 <= min(again) <= max(again) <= 76
    assert len(set(again)) > 5, "not all at one instant"


# The relay takes its time.


@on_sqlite
async def test_a_relay_that_answers_late_gets_no_mail_twice(office: Office) -> None:
    await office.open(people=12)
    timeouts = Timeouts(connect=5, command=0.2, data=0.2, body=0.2, dot=5, courtesy=0.3)
    async with ScriptedServer(delays={Step.DOT: 0.6}) as server:
        relay = SmtpRelay(
            host="127.0.0.1",
            port=server.port,
            security=Security.NONE,
            local_hostname="client.example.org",
            timeouts=timeouts,
        )
        await office.employ(SmtpTransport(relay)).deliver_due()

        assert await count(office) == {"sent": 12}
        assert len(server.accepted) == len({one for mail in server.accepted for one in mail.recipients}) == 12


# Whoever holds what is in doubt sends none of any kind twice; nobody waits for the crowd in another lane.


async def owe_every_kind(office: Office) -> None:
    """A mail of each kind, each wanted."""

    def enter(connection: Connection) -> None:
        reader = season.join(connection, "reader")
        newcomer = season.join(connection, "newcomer")
        connection.execute(people.update().where(people.c.id == newcomer).values(state=participants.State.PENDING))
        for kind in KINDS:
            if kind in TO_ORGANISER:
                owing.owe_organiser(connection, kind, SERIES, DAY_BEFORE, "why", DAY_BEFORE)
            else:
                whom = newcomer if kind is Kind.CONFIRMATION else reader
                owing.owe(connection, kind, SERIES, whom, DAY_BEFORE, START)

    await office.database.write(enter)


@on_sqlite
@pytest.mark.parametrize("policy", Doubtful)
async def test_who_holds_what_is_in_doubt_sends_no_mail_of_any_kind_twice(office: Office, policy: Doubtful) -> None:
    await office.open(people=0)
    await owe_every_kind(office)
    relay = Relay(lambda _: DOUBT)
    courier = office.employ(relay, doubtful=policy)

    await tick(office, courier, every=5 * MINUTE, until=lambda: office.time > DAY_BEFORE + HOUR)

    rows = {row.kind: row for row in await office.rows()}
    once = KINDS if policy is Doubtful.HOLD else {Kind.CONFIRMATION, Kind.KNOWN}
    assert {kind for kind, row in rows.items() if row.attempts == 1} == once
    assert {row.state for row in rows.values()} == {DeliveryState.UNCERTAIN}
    await assert_lawful(office)


@on_sqlite
@pytest.mark.parametrize("crowd", [Kind.KNOWN, Kind.REMINDER])
async def test_five_thousand_mails_of_one_lane_do_not_hold_up_a_notice(office: Office, crowd: Kind) -> None:
    await office.open(people=0)

    def enter(connection: Connection) -> None:
        reader = season.join(connection, "reader")
        row = owing.prepare(
            crowd, SERIES, starts_at=DAY_BEFORE, due_at=DAY_BEFORE, expires_at=START - HOUR, now=DAY_BEFORE
        )
        insert = deliveries.insert()
        connection.execute(
            insert, [{**row, "participant_id": reader, "session": "", "rule": str(number)} for number in range(5000)]
        )
        owing.owe(connection, Kind.MOVED, SERIES, reader, DAY_BEFORE, START)

    await office.database.write(enter)
    relay = Relay()
    courier = office.employ(relay)
    delivering = asyncio.create_task(courier.deliver_due())
    await relay.has_taken(20)
    courier.stop()
    await delivering

    assert await count(office, Kind.MOVED) == {"sent": 1}
