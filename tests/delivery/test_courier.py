"""The courier: every outcome in the ledger, nobody's mail held up by another's, nothing lost, nothing sent in vain."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from service.delivery.clerk import enter
from service.delivery.courier import Courier
from service.delivery.outcome import Outcome, Phase, Verdict
from service.delivery.relay import Relay as SmtpRelay
from service.delivery.relay import Security, Timeouts
from service.delivery.settling import Doubtful
from service.delivery.smtp import SmtpTransport
from service.delivery.transport import Line, Unreachable
from service.store import claiming, ledger, membership, owing, participants
from service.store.database import Database, DatabaseTrouble
from service.store.lanes import Lane
from service.store.ledger import Delivery, DeliveryState, Kind
from tests.delivery.faults import Fault, Step
from tests.delivery.office import ACCEPTED, KEYS, DownRelay, Office, Relay, message_id_of
from tests.delivery.scripted import ScriptedServer
from tests.store import conftest as stores
from tests.store import season
from tests.store.season import DAY_BEFORE, HOUR, MINUTE, SERIES, START, VERSION

address, database, postgresql = stores.address, stores.database, stores.postgresql
DOUBT = Outcome(Verdict.DOUBTFUL, Phase.DOT, text="the relay closed the connection")
UNSENT = Outcome(Verdict.UNSENT, Phase.MAIL, 451, "4.3.0", "busy")
SECOND = timedelta(seconds=1)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


def smtp(port: int) -> SmtpTransport:
    timeouts = Timeouts(connect=5, command=5, data=5, body=5, dot=5, courtesy=0.3)
    relay = SmtpRelay(
        host="127.0.0.1", port=port, security=Security.NONE, local_hostname="client.example.org", timeouts=timeouts
    )
    return SmtpTransport(relay)


async def owe_confirmation(office: Office, name: str = "newcomer") -> None:
    def enter(connection: Connection) -> None:
        person = membership.add(
            connection,
            series=SERIES,
            address=f"{name}@example.org",
            language="en",
            timezone="Europe/Berlin",
            state=participants.State.PENDING,
            now=office.time,
        )
        owing.owe(connection, Kind.CONFIRMATION, SERIES, person.id, office.time, office.time + 72 * HOUR)

    await office.database.write(enter)


@pytest.mark.parametrize(
    ("outcome", "state", "reason", "waits", "attempts"),
    [
        (ACCEPTED, DeliveryState.SENT, "dot: 250 2.0.0 queued", None, 1),
        (
            Outcome(Verdict.REFUSED, Phase.DOT, 550, "5.1.1", "nobody here"),
            DeliveryState.FAILED,
            "dot: 550 5.1.1 nobody here",
            None,
            1,
        ),
        (Outcome(Verdict.DEFERRED, Phase.DOT, 451, "", "later"), DeliveryState.PLANNED, "dot: 451 later", 60, 1),
        (UNSENT, DeliveryState.PLANNED, "mail: 451 4.3.0 busy", 5, 0),
        (DOUBT, DeliveryState.PLANNED, "in doubt: dot: the relay closed the connection", 600, 1),
    ],
    ids=["accepted", "refused", "deferred", "unsent", "doubtful"],
)
async def test_every_outcome_ends_in_its_state_with_a_reason(
    office: Office, outcome: Outcome, state: DeliveryState, reason: str, waits: int | None, attempts: int
) -> None:
    await office.open()

    await office.employ(Relay(lambda _: outcome)).deliver_due()

    row = await office.only()
    assert (row.state, row.reason, row.attempts, row.owner) == (state, reason, attempts, "")
    if waits is not None:
        assert row.next_at - DAY_BEFORE == pytest.approx(timedelta(seconds=waits), abs=waits * 0.2 * SECOND)


async def test_a_courier_with_nothing_to_do_writes_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.open()
    relay = Relay()
    courier = office.employ(relay)
    await courier.deliver_due()
    written: list[object] = []
    monkeypatch.setattr(office.database, "write", written.append)

    assert await courier.deliver_due() == 0

    assert written == []
    assert len(relay.handed) == 1


async def test_a_mail_that_nobody_wants_any_more_is_withdrawn_at_the_last_moment(office: Office) -> None:
    await office.open()

    def leave(connection: Connection) -> None:
        person = participants.find(connection, SERIES, "reader0@example.org")
        assert person
        membership.unsubscribe(connection, person, DAY_BEFORE)

    class Slow(Relay):
        async def connect(self) -> Line:  # between the claim and the hand-off
            await office.database.write(leave)
            return await super().connect()

    relay = Slow()
    await office.employ(relay).deliver_due()

    assert relay.handed == []
    row = await office.only()
    assert (row.state, row.reason) == (DeliveryState.CANCELLED, "unsubscribed")


async def test_a_mail_in_doubt_is_sent_once_more_after_ten_minutes_under_the_same_message_id(office: Office) -> None:
    await office.open()
    relay = Relay(lambda _: DOUBT)
    courier = office.employ(relay)

    for later in (0, 9, 10, 30):
        office.time = DAY_BEFORE + later * MINUTE
        await courier.deliver_due()

    first, second = map(message_id_of, relay.handed)
    assert first == second
    row = await office.only()
    assert (row.state, row.doubts, row.attempts) == (DeliveryState.UNCERTAIN, 2, 2)


async def test_a_mail_in_doubt_is_not_sent_again_if_that_would_be_too_late(office: Office) -> None:
    await office.open()
    office.time = START - HOUR - 5 * MINUTE
    await office.employ(Relay(lambda _: DOUBT)).deliver_due()

    assert await office.tally() == {DeliveryState.UNCERTAIN: 1}


async def test_who_holds_doubtful_mails_sends_none_twice(office: Office) -> None:
    await office.open()
    relay = Relay(lambda _: DOUBT)
    courier = office.employ(relay, doubtful=Doubtful.HOLD)

    await courier.deliver_due()
    office.time += 30 * MINUTE
    await courier.deliver_due()

    assert len(relay.handed) == 1
    assert await office.tally() == {DeliveryState.UNCERTAIN: 1}


async def test_a_sign_up_mail_is_never_sent_again(office: Office) -> None:
    await office.open(people=0)
    await owe_confirmation(office)
    relay = Relay(lambda _: DOUBT)
    courier = office.employ(relay)

    await courier.deliver_due()
    office.time += 30 * MINUTE
    await courier.deliver_due()

    assert len(relay.handed) == 1
    assert await office.tally() == {DeliveryState.UNCERTAIN: 1}


async def test_a_relay_that_is_down_costs_no_attempts_and_is_tried_ever_more_seldom_until_it_is_back(
    office: Office,
) -> None:
    await office.open(people=20)
    down = DownRelay()
    courier = office.employ(down)
    rests = []
    for _ in range(6):
        await courier.deliver_due()
        assert courier.trouble
        rests.append(courier.trouble.rest.seconds)
        tries = down.tries
        office.time = courier.trouble.until - SECOND
        await courier.deliver_due()
        assert down.tries == tries, "it rests"
        office.time = courier.trouble.until

    assert rests == [5, 10, 20, 40, 60, 60]
    assert down.tries == 4 + 5, "who tries whether it is back uses one line"
    assert [courier.trouble and courier.trouble.since] == [DAY_BEFORE]
    assert all(row.attempts == 0 and row.state is DeliveryState.PLANNED for row in await office.rows())

    down.back = Relay()
    await courier.deliver_due()

    assert [courier.trouble] == [None]
    assert await office.tally() == {DeliveryState.SENT: 20}


async def test_a_relay_that_refuses_the_sender_is_left_alone_at_once(office: Office) -> None:
    await office.open(people=200)
    refusal = Outcome(Verdict.UNSENT, Phase.MAIL, 530, "5.7.0", "log in first", permanent_setup=True)
    relay = Relay(lambda _: refusal)
    courier = office.employ(relay)

    await courier.deliver_due()

    assert len(relay.handed) <= 4
    assert courier.trouble
    assert courier.trouble.outcome == refusal
    assert await office.tally() == {DeliveryState.PLANNED: 200}


async def test_one_line_that_cannot_be_had_does_not_stop_the_others(office: Office) -> None:
    class Crowded(Relay):
        async def connect(self) -> Line:
            if self.open == 3:
                raise Unreachable(Outcome(Verdict.UNSENT, Phase.BANNER, 421, "4.7.0", "too many connections"))
            return await super().connect()

    await office.open(people=120)
    relay = Crowded()
    courier = office.employ(relay)

    await courier.deliver_due()

    assert courier.trouble is None
    assert await office.tally() == {DeliveryState.SENT: 120}
    assert relay.open == 0


async def test_lines_that_break_now_and_then_are_replaced(office: Office) -> None:
    await office.open(people=40)
    fates = [UNSENT if number % 5 == 2 else ACCEPTED for number in range(60)]
    relay = Relay(lambda _: fates.pop(0))
    courier = office.employ(relay)

    await courier.deliver_due()
    office.time += 6 * SECOND
    await courier.deliver_due()
    office.time += 6 * SECOND
    await courier.deliver_due()

    assert await office.tally() == {DeliveryState.SENT: 40}


def fail_sometimes(database: Database, monkeypatch: pytest.MonkeyPatch, fails: Callable[[Any], bool]) -> None:
    """Let the database refuse the writes for which `fails` says so."""
    write = database.write

    async def refuse(work: Any) -> Any:
        if fails(work):
            raise DatabaseTrouble("the database is away")
        return await write(work)

    monkeypatch.setattr(database, "write", refuse)


def runs(work: object, function: object) -> bool:
    return isinstance(work, partial) and work.func is function


def wants(work: object, what: str) -> bool:
    """Whether this is the clerk who has something `leaving`, or something `settled`."""
    return isinstance(work, partial) and work.func is enter and bool(work.keywords[what])


async def test_a_database_that_is_away_at_the_hand_off_loses_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.open(people=10)
    outages = iter([True] * 3 + [False] * 100)
    fail_sometimes(office.database, monkeypatch, lambda work: wants(work, "leaving") and next(outages))
    relay = Relay()

    await office.employ(relay).deliver_due()

    assert sorted(relay.recipients) == sorted({row.address for row in await office.rows()})
    assert await office.tally() == {DeliveryState.SENT: 10}


async def test_a_hand_off_whose_commit_was_done_but_not_heard_of_leaves_no_doubt(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.open()
    write = office.database.write
    lost: list[object] = []

    async def lose_an_answer(work: Any) -> Any:
        answer = await write(work)
        if wants(work, "leaving") and not lost:
            lost.append(work)
            raise DatabaseTrouble("the connection broke")
        return answer

    monkeypatch.setattr(office.database, "write", lose_an_answer)
    relay = Relay()

    await office.employ(relay).deliver_due()

    row = await office.only()
    assert (row.state, row.doubts, row.attempts, len(relay.handed)) == (DeliveryState.SENT, 0, 1, 1)


async def test_what_the_relay_said_is_not_forgotten_while_the_database_is_away(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.open()
    outages = iter([True, False])
    fail_sometimes(office.database, monkeypatch, lambda work: wants(work, "settled") and next(outages))
    relay = Relay()

    await office.employ(relay).deliver_due()

    assert await office.tally() == {DeliveryState.SENT: 1}
    assert len(relay.handed) == 1


async def test_what_could_not_be_given_back_is_taken_up_in_the_next_round(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.open(people=3)
    outages = iter([True, False, False, False])
    fail_sometimes(
        office.database,
        monkeypatch,
        lambda work: runs(work, claiming.give_back) and bool(work.keywords.get("owner")) and next(outages),
    )
    courier = office.employ(DownRelay())

    with pytest.raises(DatabaseTrouble):
        await courier.deliver_due()
    assert await office.tally() == {DeliveryState.CLAIMED: 3}
    await courier.deliver_due()

    assert DeliveryState.CLAIMED not in await office.tally()


async def test_thousands_of_reminders_do_not_hold_up_a_confirmation(office: Office) -> None:
    await office.open(people=250)
    relay = Relay()
    courier = office.employ(relay)
    delivering = asyncio.create_task(courier.deliver_due())
    await relay.has_taken(20)
    await owe_confirmation(office)
    before = len(relay.handed)
    await delivering

    assert relay.recipients.index("newcomer@example.org") - before <= 120
    assert await office.tally() == {DeliveryState.SENT: 251}


async def test_a_slow_relay_does_not_make_a_confirmation_wait_for_the_reminders_before_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.delivery.tray._SHIFT", timedelta(seconds=0.1))
    await office.open(people=25)
    relay = Relay(pause=lambda: asyncio.ensure_future(asyncio.sleep(0.02)))
    delivering = asyncio.create_task(office.employ(relay, connections=1).deliver_due())
    await relay.has_taken(2)
    await owe_confirmation(office)
    await delivering

    assert relay.recipients.index("newcomer@example.org") < 12
    assert await office.tally() == {DeliveryState.SENT: 26}


async def test_a_mail_that_cannot_be_written_is_parked_and_the_others_go_on(office: Office) -> None:
    await office.open(people=5)
    other = season.revise(season.SESSION)
    poison = type(other)(uid="poison@example.org", session=other.session, sequence=0, modified=other.modified)
    office.broken.add(poison.uid)

    def enter(connection: Connection) -> None:
        season.publish(connection, VERSION, poison)
        owing.owe_reminders(connection, SERIES, season.occasions(poison)["1d"], DAY_BEFORE)

    await office.database.write(enter)

    await office.employ(Relay()).deliver_due()

    assert await office.tally() == {DeliveryState.SENT: 5, DeliveryState.PARKED: 5}
    reasons = {row.reason for row in await office.rows() if row.state is DeliveryState.PARKED}
    assert reasons == {"cannot be written: a bug??with ? in its words"}


async def test_who_is_stopped_lets_mails_under_way_arrive_and_gives_back_the_rest(office: Office) -> None:
    await office.open(people=100)
    release = asyncio.Event()
    relay = Relay(pause=lambda: asyncio.ensure_future(_wait_for(release)))
    courier = office.employ(relay)
    delivering = asyncio.create_task(courier.deliver_due())
    await relay.has_taken(4)

    courier.stop()
    release.set()
    await asyncio.wait_for(delivering, 5)

    tally = await office.tally()
    assert tally == {DeliveryState.SENT: 4, DeliveryState.PLANNED: 96}
    assert relay.open == 0
    assert await courier.deliver_due() == 0


async def _wait_for(event: asyncio.Event) -> None:
    await event.wait()


async def test_who_is_stopped_does_not_wait_for_the_pace(office: Office) -> None:
    await office.open(people=10)
    relay = Relay()
    courier = office.employ(relay, rate_per_minute=1)
    delivering = asyncio.create_task(courier.deliver_due())
    await relay.has_taken(1)

    courier.stop()
    await asyncio.wait_for(delivering, 5)

    assert await office.tally() == {DeliveryState.SENT: 1, DeliveryState.PLANNED: 9}


async def leave_behind(office: Office) -> None:
    """What a killed process leaves: one delivery claimed, one on its way."""

    def enter(connection: Connection) -> None:
        claimed, handing = claiming.claim(connection, "dead", Lane.REMINDERS, DAY_BEFORE, 2)
        assert claiming.hand_off(connection, "dead", [handing], DAY_BEFORE)
        assert claimed.owner == "dead"

    await office.database.write(enter)


async def test_who_is_alone_takes_up_at_once_what_a_killed_process_left(office: Office) -> None:
    await office.open(people=2)
    await leave_behind(office)

    await office.employ(Relay()).recover(alone=True)

    doubted, free = sorted(await office.rows(), key=lambda row: -row.doubts)
    assert (free.state, free.doubts) == (DeliveryState.PLANNED, 0)
    assert (doubted.state, doubted.doubts) == (DeliveryState.PLANNED, 1)
    assert doubted.next_at == DAY_BEFORE + 10 * MINUTE
    assert doubted.reason == "in doubt: studybell stopped while the mail was on its way"


async def test_who_is_not_alone_respects_what_others_hold(office: Office) -> None:
    await office.open(people=3)
    await leave_behind(office)
    relay = Relay()

    await office.employ(relay).deliver_due()

    assert len(relay.handed) == 1
    assert await office.tally() == {DeliveryState.CLAIMED: 1, DeliveryState.HANDING: 1, DeliveryState.SENT: 1}


async def test_two_couriers_share_the_work_and_send_nothing_twice(office: Office) -> None:
    await office.open(people=150)
    one, other = Relay(), Relay()

    await asyncio.gather(office.employ(one).deliver_due(), office.employ(other).deliver_due())

    addresses = one.recipients + other.recipients
    assert len(addresses) == len(set(addresses)) == 150
    assert await office.tally() == {DeliveryState.SENT: 150}


async def test_the_pace_is_kept_by_two_couriers_together(office: Office) -> None:
    await office.open(people=24)
    couriers = [office.employ(Relay(), rate_per_minute=1200) for _ in range(2)]
    loop = asyncio.get_running_loop()
    began = loop.time()

    await asyncio.gather(*(courier.deliver_due() for courier in couriers))

    assert loop.time() - began >= 23 * 0.05 - 0.01
    assert await office.tally() == {DeliveryState.SENT: 24}


async def test_the_pace_is_kept_by_all_lines_together(office: Office) -> None:
    await office.open(people=11)
    loop = asyncio.get_running_loop()
    began = loop.time()

    await office.employ(Relay(), rate_per_minute=1200).deliver_due()

    assert loop.time() - began >= 10 * 0.05 - 0.01
    assert await office.tally() == {DeliveryState.SENT: 11}


@pytest.mark.parametrize(
    ("step", "fault", "state", "reason", "doubts"),
    [
        (Step.RCPT, Fault.PERMANENT, DeliveryState.FAILED, "rcpt: 550 5.1.1 no", 0),
        (Step.RCPT, Fault.TRANSIENT, DeliveryState.PLANNED, "rcpt: 451 4.7.1 try again later", 0),
        (Step.DATA, Fault.CLOSE, DeliveryState.PLANNED, "data: ", 0),
        (Step.DOT, Fault.CLOSING, DeliveryState.PLANNED, "dot: 421 4.3.2 shutting down", 0),
        (Step.DOT, Fault.PERMANENT, DeliveryState.FAILED, "dot: 550 5.1.1 no", 0),
        (Step.DOT, Fault.CLOSE, DeliveryState.PLANNED, "in doubt: dot: ", 1),
        (Step.DOT, Fault.GARBAGE, DeliveryState.PLANNED, "in doubt: dot: ", 1),
    ],
)
async def test_a_real_line_that_fails_ends_in_the_right_state(
    office: Office, step: Step, fault: Fault, state: DeliveryState, reason: str, doubts: int
) -> None:
    await office.open()
    async with ScriptedServer({step: fault}) as server:
        await office.employ(smtp(server.port)).deliver_due()

    row = await office.only()
    assert (row.state, row.doubts) == (state, doubts)
    assert row.reason.startswith(reason)
    assert row.reason.isprintable()


async def test_a_real_relay_takes_all_over_few_lines(office: Office) -> None:
    await office.open(people=50)
    await owe_confirmation(office)
    async with ScriptedServer() as server:
        courier: Courier = office.employ(smtp(server.port))
        await courier.deliver_due()

        assert await office.tally() == {DeliveryState.SENT: 51}
        assert len(server.accepted) == 51
        assert server.connections <= 4
        assert KEYS.secret not in b"".join(mail.content for mail in server.accepted)


async def test_rows_of_the_ledger_are_read_back_as_they_stand(office: Office) -> None:
    await office.open()
    row = await office.only()

    found: Delivery | None = await office.database.read(partial(ledger.find, delivery_id=row.id))

    assert found == row
