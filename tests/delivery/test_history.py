"""The story of a mail that did not simply leave, as the ledger keeps it: every attempt, its time, and the reason."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, select

from service.delivery.envelope import Envelope
from service.delivery.journal import Accepted, Left, take_over
from service.delivery.outcome import Outcome, Phase, Verdict
from service.store import amending, claiming, membership
from service.store.attempts import Happening, recall, remember
from service.store.bounces import Bounce, note_bounce
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import DeliveryState, find
from service.store.poison import count_death
from service.store.tables import attempts
from tests.delivery.office import ACCEPTED, DownRelay, Office, Relay
from tests.store import conftest as stores
from tests.store.season import DAY_BEFORE, HOUR, MINUTE, SERIES

address, database, postgresql = stores.address, stores.database, stores.postgresql
GREYLISTED = Outcome(Verdict.DEFERRED, Phase.RCPT, 451, "4.7.1", "greylisted, try again later")
DOUBT = Outcome(Verdict.DOUBTFUL, Phase.DOT, text="the relay closed the connection")
NOBODY = Outcome(Verdict.REFUSED, Phase.RCPT, 550, "5.1.1", "<reader0@example.org> is unknown")
POLICY = Outcome(Verdict.REFUSED, Phase.RCPT, 550, "5.7.1", "not wanted")
Told = list[tuple[float, str, str, int]]


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


def in_turn(*outcomes: Outcome) -> Relay:
    """A relay that answers like this, one after the other."""
    left = iter(outcomes)
    return Relay(lambda _: next(left))


async def tell(office: Office, delivery_id: int = 1) -> Told:
    """What happened, with the minutes since the start."""
    found = await office.database.read(lambda connection: recall(connection, delivery_id))
    return [((one.at - DAY_BEFORE) / MINUTE, str(one.state), one.reason, one.times) for one in found]


async def test_of_a_mail_that_is_accepted_at_once_nothing_is_written(office: Office) -> None:
    await office.open(people=20)
    statements: list[str] = []
    listen_to(office.database, statements)

    await office.employ(Relay()).deliver_due()

    count = await office.database.read(lambda c: c.scalar(select(func.count()).select_from(attempts)))
    assert count == 0
    assert [one for one in statements if "attempts (" in one or "FROM attempts" in one] == []


def listen_to(database: Database, statements: list[str]) -> None:
    """Have every statement of the writer written down."""

    def note(*told: object) -> None:
        statements.append(str(told[2]))

    event.listen(database._writer, "before_cursor_execute", note)


async def test_every_attempt_is_told_in_the_words_of_the_relay(office: Office) -> None:
    await office.open()
    courier = office.employ(in_turn(GREYLISTED, GREYLISTED, DOUBT, ACCEPTED))

    for minutes in (0, 2, 5, 20):
        office.time = DAY_BEFORE + minutes * MINUTE
        await courier.deliver_due()

    greylisted = "rcpt: 451 4.7.1 greylisted, try again later"
    assert await tell(office) == [
        (0, "planned", greylisted, 1),
        (2, "planned", greylisted, 1),
        (5, "planned", "in doubt: dot: the relay closed the connection", 1),
    ]
    assert (await office.only()).state is DeliveryState.SENT


async def test_a_relay_that_is_away_for_long_fills_no_disk(office: Office) -> None:
    await office.open(people=3)
    courier = office.employ(DownRelay())

    while office.time < DAY_BEFORE + HOUR:
        await courier.deliver_due()
        office.time += MINUTE

    for number in (1, 2, 3):
        (told,) = await tell(office, number)
        assert told == (0, "planned", "given back: connect: connection refused", 60)


async def test_who_is_held_back_was_refused_first(office: Office) -> None:
    await office.open(people=30)

    await office.employ(Relay(lambda _: POLICY)).deliver_due()

    rows = [row for row in await office.rows() if row.reason.startswith("held back")]
    assert len(rows) >= 10
    for row in rows:
        refused, held_back = [told[1:3] for told in await tell(office, row.id)]
        assert refused == ("failed", "rcpt: 550 5.7.1 not wanted")
        assert held_back == ("planned", "held back: rcpt: 550 5.7.1 not wanted")


async def test_a_persons_hand_is_part_of_the_story(office: Office) -> None:
    await office.open()
    await office.employ(in_turn(POLICY)).deliver_due()
    office.time += MINUTE

    def retry_and_close(connection: Connection) -> None:
        amending.retry(connection, 1, office.time)
        amending.settle_by_hand(connection, 1, DeliveryState.SENT, "she told me", office.time + MINUTE)

    await office.database.write(retry_and_close)

    assert [told[:3] for told in await tell(office)] == [
        (0, "failed", "rcpt: 550 5.7.1 not wanted"),
        (1, "planned", "retried by hand; it was failed: rcpt: 550 5.7.1 not wanted"),
        (2, "sent", "closed by hand: she told me"),
    ]


async def test_a_mail_that_came_back_had_left_and_to_hear_it_twice_is_no_news(office: Office) -> None:
    await office.open()
    await office.employ(Relay()).deliver_due()
    (row,) = await office.rows()

    bounce = Bounce(DAY_BEFORE + HOUR, "5.2.2", "full", returned=True)
    for _ in range(2):
        await office.database.write(partial(note_bounce, delivery=row, bounce=bounce))

    assert await tell(office) == [
        (0, "sent", "dot: 250 2.0.0 queued", 1),
        (60, "sent", "came back: 5.2.2 full", 1),
    ]


async def test_what_a_process_left_that_ended_is_told(office: Office) -> None:
    await office.open(people=2)

    def die(connection: Connection) -> None:
        handed, written = claiming.claim(connection, "dead", Lane.REMINDERS, DAY_BEFORE, 2)
        claiming.hand_off(connection, "dead", [handed], DAY_BEFORE)
        accepted = (Accepted(handed.id, "dead", "dot: 250 ok", DAY_BEFORE + MINUTE),)
        for _ in range(2):
            take_over(connection, Left("dead", accepted, 0), DAY_BEFORE + HOUR)
        for hours in (1, 2, 3):
            count_death(connection, written.id, "dead", DAY_BEFORE + hours * HOUR)

    await office.database.write(die)

    journal = "known from the journal of a process that ended: dot: 250 ok"
    assert await tell(office, 1) == [(60, "sent", journal, 1)]
    assert await tell(office, 2) == [(60, "planned", "studybell ended while it was writing this mail", 3)]


async def test_what_somebody_else_holds_by_now_is_not_ones_to_tell(office: Office) -> None:
    await office.open()

    def lose_it(connection: Connection) -> None:
        (row,) = claiming.claim(connection, "slow", Lane.REMINDERS, DAY_BEFORE, 1)
        claiming.give_back(connection, owner="slow")
        claiming.claim(connection, "quick", Lane.REMINDERS, DAY_BEFORE, 1)
        count_death(connection, row.id, "slow", DAY_BEFORE)

    await office.database.write(lose_it)

    assert await tell(office) == []


async def test_the_erased_leave_nothing_not_even_what_is_said_to_their_last_mail(office: Office) -> None:
    await office.open()

    def erase(envelope: Envelope) -> Outcome:
        office.database.submit(erase_reader).result()
        return NOBODY

    def erase_reader(connection: Connection) -> None:
        assert membership.remove(connection, SERIES, ["reader0@example.org"], office.time) == 1

    courier = office.employ(in_turn(GREYLISTED))
    await courier.deliver_due()
    office.time += 2 * MINUTE
    assert len(await tell(office)) == 1

    await office.employ(Relay(erase)).deliver_due()

    assert await tell(office) == []


async def test_a_story_that_is_noted_once_more_stays_as_it_is(office: Office) -> None:
    await office.open()
    await office.employ(in_turn(POLICY)).deliver_due()
    before = await office.database.read(lambda connection: recall(connection, 1))

    def repeat(connection: Connection) -> None:
        row = find(connection, 1)
        assert row
        for one in before:
            remember(connection, [(row, Happening(one.state, one.reason))], one.at)

    await office.database.write(repeat)

    assert await office.database.read(lambda connection: recall(connection, 1)) == before
