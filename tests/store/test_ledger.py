"""The ledger on both databases: owing once, claiming alone, the last check, settling, and what adds up."""

import asyncio
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, text, update

from service.reminders.occasion import list_occasions
from service.reminders.rule import parse_rules
from service.store import claiming, ledger, membership, owing, participants, settling, withdrawing
from service.store.database import Database
from service.store.lanes import Lane, lane_of
from service.store.ledger import Delivery, DeliveryState, Kind
from service.store.noticing import News, owe_notice
from service.store.settling import Settlement
from service.store.tables import deliveries
from service.store.tables import participants as participants_table
from tests.store import season
from tests.store.season import CANCELLED, DAY, DAY_BEFORE, HOUR, MINUTE, SERIES, START, VERSION

REMINDERS = Lane.REMINDERS
SENT = Settlement(state=DeliveryState.SENT, reason="250 ok")


def prepare(connection: Connection, people: int = 1, now: datetime = DAY_BEFORE) -> None:
    """A published session, participants, and the reminder of the day before."""
    season.publish(connection, VERSION)
    for number in range(people):
        season.join(connection, f"reader{number}")
    owing.owe_reminders(connection, SERIES, season.occasions()["1d"], now)


def claim_one(connection: Connection, now: datetime = DAY_BEFORE, owner: str = "me") -> Delivery:
    (claimed,) = claiming.claim(connection, owner, REMINDERS, now, 1)
    return claimed


def only(connection: Connection) -> Delivery:
    (delivery,) = ledger.list_all(connection)
    return delivery


async def test_a_reminder_is_owed_once_however_often_it_is_planned(database: Database) -> None:
    occasion = season.occasions()["1d"]

    def plan(connection: Connection) -> list[int]:
        prepare(connection, people=3)
        return [owing.owe_reminders(connection, SERIES, occasion, DAY_BEFORE) for _ in range(2)]

    assert await database.write(plan) == [0, 0]
    assert (await database.read(ledger.tally))[DeliveryState.PLANNED] == 3


async def test_who_came_after_a_reminder_fell_due_does_not_get_it(database: Database) -> None:
    def plan(connection: Connection) -> int:
        season.publish(connection, VERSION)
        season.join(connection, "late", now=DAY_BEFORE + MINUTE)
        return owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE + 2 * MINUTE)

    assert await database.write(plan) == 0


async def test_only_the_audience_of_an_occasion_gets_its_reminder(database: Database) -> None:
    def plan(connection: Connection) -> int:
        season.publish(connection, VERSION)
        season.join(connection, "here")
        season.join(connection, "elsewhere", timezone="Europe/Berlin")
        return owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE)

    assert await database.write(plan) == 1


async def test_only_those_who_speak_get_the_speakers_reminder(database: Database) -> None:
    audience = season.occasions()["1d"].audience
    rules = parse_rules("7d"), parse_rules("3d")
    (occasion,) = [one for one in list_occasions([VERSION], [audience], *rules) if one.speakers]

    def plan(connection: Connection) -> list[tuple[Kind, str]]:
        season.publish(connection, VERSION)
        for name in ("이하나", "somebody else"):
            person = season.join(connection, f"reader{len(name)}")
            connection.execute(update(participants_table).where(participants_table.c.id == person).values(name=name))
        owing.owe_reminders(connection, SERIES, occasion, START - 3 * DAY)
        return [(row.kind, row.name) for row in ledger.list_all(connection)]

    assert await database.write(plan) == [(Kind.SPEAKER, "이하나")]


async def test_a_delivery_is_claimed_by_one_process_only(database: Database) -> None:
    await database.write(partial(prepare, people=200))

    batches = await asyncio.gather(
        *(
            database.write(partial(claiming.claim, owner=f"process{n}", lane=REMINDERS, now=DAY_BEFORE, most=50))
            for n in range(6)
        )
    )

    ids = [delivery.id for batch in batches for delivery in batch]
    assert len(ids) == len(set(ids)) == 200


async def test_what_expires_first_is_claimed_first(database: Database) -> None:
    def plan(connection: Connection) -> list[str]:
        prepare(connection)
        owing.owe_reminders(connection, SERIES, season.occasions()["1h"], START - HOUR)
        connection.execute(update(deliveries).where(deliveries.c.rule == "1d").values(expires_at=START - MINUTE))
        return [one.rule for one in claiming.claim(connection, "me", REMINDERS, START - HOUR, 9)]

    assert await database.write(plan) == ["1h", "1d"]


async def test_a_delivery_goes_out_and_is_settled(database: Database) -> None:
    def go(connection: Connection) -> tuple[bool, int]:
        prepare(connection)
        claimed = claim_one(connection)
        may_leave = claiming.hand_off(connection, "me", [claimed], DAY_BEFORE)
        return may_leave == {claimed.id}, settling.settle(connection, [(claimed, SENT)], DAY_BEFORE)

    assert await database.write(go) == (True, 1)
    sent = await database.read(only)
    assert (sent.state, sent.reason, sent.attempts, sent.doubts) == (DeliveryState.SENT, "250 ok", 1, 0)


def leave(connection: Connection) -> None:
    person = participants.find(connection, SERIES, "reader0@example.org")
    assert person is not None
    membership.unsubscribe(connection, person, DAY_BEFORE)


@pytest.mark.parametrize(
    ("event", "state", "reason"),
    [
        (leave, DeliveryState.CANCELLED, "unsubscribed"),
        (lambda c: membership.remove(c, SERIES, ["nobody@example.org"], DAY_BEFORE), None, ""),
        (lambda c: season.publish(c, season.moved(HOUR)), DeliveryState.CANCELLED, withdrawing.SUPERSEDED),
        (lambda c: season.publish(c, CANCELLED), DeliveryState.CANCELLED, withdrawing.CALLED_OFF),
        (lambda c: season.publish(c), DeliveryState.CANCELLED, withdrawing.CALLED_OFF),
    ],
    ids=["unsubscribed", "nothing", "moved", "cancelled", "gone"],
)
async def test_the_last_check_obeys_whatever_happened_since_the_claim(
    database: Database, event: object, state: DeliveryState | None, reason: str
) -> None:
    def go(connection: Connection) -> bool:
        prepare(connection)
        claimed = claim_one(connection)
        event(connection)  # type: ignore[operator]
        return bool(claiming.hand_off(connection, "me", [claimed], DAY_BEFORE))

    assert await database.write(go) is (state is None)
    found = await database.read(only)
    assert (found.state, found.reason) == (state or DeliveryState.HANDING, reason)


async def test_the_last_check_refuses_what_would_come_too_late(database: Database) -> None:
    def go(connection: Connection) -> bool:
        prepare(connection)
        return bool(claiming.hand_off(connection, "me", [claim_one(connection)], START - HOUR))

    assert await database.write(go) is False
    assert (await database.read(only)).state is DeliveryState.EXPIRED


async def test_what_is_settled_stays_settled(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        prepare(connection)
        claimed = claim_one(connection)
        claiming.hand_off(connection, "me", [claimed], DAY_BEFORE)
        again = Settlement(state=DeliveryState.PLANNED, reason="again", next_at=DAY_BEFORE)
        return [settling.settle(connection, [(claimed, outcome)], DAY_BEFORE) for outcome in (SENT, again)]

    assert await database.write(go) == [1, 0]
    assert (await database.read(only)).state is DeliveryState.SENT


async def test_what_is_on_its_way_is_never_given_back(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        prepare(connection)
        claiming.hand_off(connection, "me", [claim_one(connection)], DAY_BEFORE)
        return [claiming.give_back(connection, owner="me"), claiming.give_back(connection, alone=True)]

    assert await database.write(go) == [0, 0]
    assert (await database.read(only)).state is DeliveryState.HANDING


async def test_a_mail_on_its_way_is_not_handed_over_again(database: Database) -> None:
    def go(connection: Connection) -> list[bool]:
        prepare(connection)
        claimed = claim_one(connection)
        return [bool(claiming.hand_off(connection, "me", [claimed], DAY_BEFORE)) for _ in range(2)]

    assert await database.write(go) == [True, False]
    found = await database.read(only)
    assert (found.state, found.attempts) == (DeliveryState.HANDING, 1)


@pytest.mark.parametrize("now", [DAY_BEFORE, START - HOUR], ids=["unsubscribed", "too late"])
async def test_what_was_in_doubt_stays_uncertain_when_the_last_check_refuses_it(
    database: Database, now: datetime
) -> None:
    def go(connection: Connection) -> bool:
        prepare(connection)
        claimed = claim_one(connection)
        claiming.hand_off(connection, "me", [claimed], DAY_BEFORE)
        doubt = Settlement(state=DeliveryState.PLANNED, reason="in doubt: eof", next_at=DAY_BEFORE, doubt=True)
        settling.settle(connection, [(claimed, doubt)], DAY_BEFORE)
        again = claim_one(connection)
        if now == DAY_BEFORE:
            leave(connection)
        return bool(claiming.hand_off(connection, "me", [again], now))

    assert await database.write(go) is False
    found = await database.read(only)
    assert (found.state, found.reason, found.doubts) == (DeliveryState.UNCERTAIN, "in doubt: eof", 1)


async def test_what_rests_is_not_claimed_before_its_time(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        prepare(connection)
        claimed = claim_one(connection)
        later = Settlement(state=DeliveryState.PLANNED, reason="451", next_at=DAY_BEFORE + MINUTE)
        settling.settle(connection, [(claimed, later)], DAY_BEFORE)
        times = (DAY_BEFORE, DAY_BEFORE + MINUTE - timedelta(seconds=1), DAY_BEFORE + MINUTE)
        return [len(claiming.claim(connection, "me", REMINDERS, now, 1)) for now in times]

    assert await database.write(go) == [0, 0, 1]


async def test_only_what_is_still_claimed_by_its_owner_is_put_back(database: Database) -> None:
    def go(connection: Connection) -> tuple[Delivery, Delivery, Delivery]:
        prepare(connection, people=3)
        mine, handed, theirs = claiming.claim(connection, "me", REMINDERS, DAY_BEFORE, 3)
        claiming.hand_off(connection, "me", [handed], DAY_BEFORE)
        connection.execute(update(deliveries).where(deliveries.c.id == theirs.id).values(owner="they"))
        claiming.put_back(connection, "me", [mine, handed, theirs])
        return mine, handed, theirs

    mine, handed, theirs = await database.write(go)
    assert {row.id: (row.state, row.owner) for row in await database.read(ledger.list_all)} == {
        mine.id: (DeliveryState.PLANNED, ""),
        handed.id: (DeliveryState.HANDING, "me"),
        theirs.id: (DeliveryState.CLAIMED, "they"),
    }


async def test_who_lost_a_delivery_can_neither_send_nor_settle_it(database: Database) -> None:
    def go(connection: Connection) -> tuple[set[int], int, bool]:
        prepare(connection)
        mine = claim_one(connection)
        connection.execute(update(deliveries).values(leased_until=0))
        claiming.give_back(connection)
        theirs = claim_one(connection, owner="they")
        lost = claiming.hand_off(connection, "me", [mine], DAY_BEFORE)
        settled = settling.settle(connection, [(mine, SENT)], DAY_BEFORE)
        return lost, settled, bool(claiming.hand_off(connection, "they", [theirs], DAY_BEFORE))

    assert await database.write(go) == (set(), 0, True)


async def test_a_lease_that_still_runs_is_respected(database: Database) -> None:
    def go(connection: Connection) -> tuple[int, int, list[Delivery]]:
        prepare(connection, people=2)
        claim_one(connection)
        claiming.hand_off(connection, "me", [claim_one(connection)], DAY_BEFORE)
        kept = claiming.give_back(connection), len(claiming.abandoned(connection))
        return *kept, claiming.abandoned(connection, alone=True)

    kept, none, left = await database.write(go)
    assert (kept, none, len(left)) == (0, 0, 1)


async def test_leases_run_on_the_databases_own_clock(database: Database) -> None:
    def go(connection: Connection) -> float:
        prepare(connection)
        claim_one(connection, now=DAY_BEFORE)
        clock = connection.execute(text("SELECT leased_until FROM deliveries")).scalar_one()
        return float(clock)

    leased_until = await database.write(go)

    assert leased_until > datetime(2025, 1, 1, tzinfo=season.SEOUL).timestamp()


async def test_an_attempt_that_does_not_count_is_taken_back(database: Database) -> None:
    def go(connection: Connection) -> None:
        prepare(connection)
        claimed = claim_one(connection)
        claiming.hand_off(connection, "me", [claimed], DAY_BEFORE)
        later = Settlement(state=DeliveryState.PLANNED, reason="421", next_at=DAY_BEFORE + MINUTE, burnt=False)
        settling.settle(connection, [(claimed, later)], DAY_BEFORE)

    await database.write(go)
    found = await database.read(only)
    assert (found.state, found.attempts, found.next_at) == (DeliveryState.PLANNED, 0, DAY_BEFORE + MINUTE)
    assert await database.read(ledger.next_due) == DAY_BEFORE + MINUTE


async def test_late_mail_expires_but_what_was_in_doubt_stays_uncertain(database: Database) -> None:
    def go(connection: Connection) -> int:
        prepare(connection, people=2)
        doubted = claim_one(connection)
        claiming.hand_off(connection, "me", [doubted], DAY_BEFORE)
        again = Settlement(state=DeliveryState.PLANNED, reason="in doubt", next_at=DAY_BEFORE, doubt=True)
        settling.settle(connection, [(doubted, again)], DAY_BEFORE)
        return settling.expire(connection, START - HOUR)

    assert await database.write(go) == 2
    tally = await database.read(ledger.tally)
    assert (tally[DeliveryState.EXPIRED], tally[DeliveryState.UNCERTAIN]) == (1, 1)


async def test_what_was_sent_is_not_owed_again(database: Database) -> None:
    def go(connection: Connection) -> int:
        prepare(connection)
        send_all(connection, DAY_BEFORE)
        return owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE + MINUTE)

    assert await database.write(go) == 0
    assert (await database.read(only)).state is DeliveryState.SENT


async def test_what_was_in_doubt_stays_uncertain_when_its_session_is_called_off(database: Database) -> None:
    def go(connection: Connection) -> None:
        prepare(connection, people=2)
        doubted = claim_one(connection)
        claiming.hand_off(connection, "me", [doubted], DAY_BEFORE)
        again = Settlement(state=DeliveryState.PLANNED, reason="in doubt: eof", next_at=DAY_BEFORE, doubt=True)
        settling.settle(connection, [(doubted, again)], DAY_BEFORE)
        withdrawing.call_off(connection, VERSION.uid, withdrawing.CALLED_OFF, DAY_BEFORE)

    await database.write(go)
    assert sorted((row.state, row.reason) for row in await database.read(ledger.list_all)) == [
        (DeliveryState.CANCELLED, withdrawing.CALLED_OFF),
        (DeliveryState.UNCERTAIN, "in doubt: eof"),
    ]


async def test_a_session_that_moves_away_and_back_is_reminded_of_once(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        prepare(connection)
        withdrawing.call_off(connection, VERSION.uid, withdrawing.SUPERSEDED, DAY_BEFORE)
        occasion = season.occasions()["1d"]
        return [owing.owe_reminders(connection, SERIES, occasion, DAY_BEFORE + MINUTE) for _ in range(2)]

    assert await database.write(go) == [1, 0]
    assert (await database.read(only)).state is DeliveryState.PLANNED


def send_all(connection: Connection, now: datetime, kind: Kind = Kind.REMINDER) -> int:
    batch = claiming.claim(connection, "me", lane_of(kind), now, 99)
    for one in batch:
        assert claiming.hand_off(connection, "me", [one], now)
        settling.settle(connection, [(one, SENT)], now)
    return len(batch)


def tell(connection: Connection, kind: Kind, version: object, now: datetime) -> int:
    assert isinstance(version, type(VERSION))
    season.publish(connection, version)
    withdrawing.call_off(connection, version.uid, withdrawing.SUPERSEDED, now)
    when = version.session.when
    assert when is not None
    news = News(
        kind=kind, session=version.uid, starts_at=when.starts, edition=version.sequence, due_at=now + 10 * MINUTE
    )
    return owe_notice(connection, SERIES, news, now)


async def test_only_those_who_were_told_get_a_notice(database: Database) -> None:
    def go(connection: Connection) -> int:
        prepare(connection)
        send_all(connection, DAY_BEFORE)
        season.join(connection, "knows.nothing", now=DAY_BEFORE + MINUTE)
        return tell(connection, Kind.MOVED, season.moved(DAY), DAY_BEFORE + HOUR)

    assert await database.write(go) == 1
    (notice,) = [one for one in await database.read(ledger.list_all) if one.kind is Kind.MOVED]
    assert (notice.starts_at, notice.told_at) == (START + DAY, START)


async def test_two_edits_within_ten_minutes_are_one_notice(database: Database) -> None:
    def go(connection: Connection) -> int:
        prepare(connection)
        send_all(connection, DAY_BEFORE)
        tell(connection, Kind.MOVED, season.moved(DAY, 1), DAY_BEFORE + HOUR)
        tell(connection, Kind.MOVED, season.moved(2 * DAY, 2), DAY_BEFORE + HOUR + MINUTE)
        return send_all(connection, DAY_BEFORE + 2 * HOUR, Kind.MOVED)

    assert await database.write(go) == 1


async def test_an_edit_that_is_undone_in_time_tells_nobody(database: Database) -> None:
    def go(connection: Connection) -> int:
        prepare(connection)
        send_all(connection, DAY_BEFORE)
        tell(connection, Kind.MOVED, season.moved(DAY, 1), DAY_BEFORE + HOUR)
        tell(connection, Kind.MOVED, season.moved(timedelta(0), 2), DAY_BEFORE + HOUR + MINUTE)
        return send_all(connection, DAY_BEFORE + 2 * HOUR, Kind.MOVED)

    assert await database.write(go) == 0


async def test_a_cancelled_session_that_is_back_on_tells_those_who_heard_of_it(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        prepare(connection)
        send_all(connection, DAY_BEFORE)
        tell(connection, Kind.CANCELLED, CANCELLED, DAY_BEFORE + HOUR)
        sent = [send_all(connection, DAY_BEFORE + 2 * HOUR, Kind.CANCELLED)]
        sent.append(tell(connection, Kind.CANCELLED, CANCELLED, DAY_BEFORE + 3 * HOUR))
        tell(connection, Kind.RESTORED, season.revise(sequence=2), DAY_BEFORE + 4 * HOUR)
        return [*sent, send_all(connection, DAY_BEFORE + 5 * HOUR, Kind.RESTORED)]

    assert await database.write(go) == [1, 0, 1]


async def test_whoever_gets_the_notice_gets_no_reminder_that_was_due_before_it(database: Database) -> None:
    sooner = season.moved(-DAY)
    now = START - DAY - HOUR - MINUTE

    def go(connection: Connection) -> int:
        prepare(connection)
        season.publish(connection, VERSION)
        owing.owe_reminders(connection, SERIES, season.occasions()["7d"], START - 7 * DAY)
        send_all(connection, START - 7 * DAY + MINUTE)
        tell(connection, Kind.MOVED, sooner, now)
        return owing.owe_reminders(connection, SERIES, season.occasions(sooner)["1d"], now)

    assert await database.write(go) == 0


async def test_an_unsubscribed_participant_has_nothing_left_to_come(database: Database) -> None:
    def go(connection: Connection) -> list[Delivery]:
        prepare(connection)
        leave(connection)
        return claiming.claim(connection, "me", REMINDERS, DAY_BEFORE, 9)

    assert await database.write(go) == []
    assert (await database.read(only)).reason == "unsubscribed"


async def test_the_key_of_a_delivery_tells_it_from_every_other_one(database: Database) -> None:
    def go(connection: Connection) -> list[Delivery]:
        prepare(connection, people=2)
        owing.owe_reminders(connection, SERIES, season.occasions()["1h"], START - HOUR)
        owing.owe(connection, Kind.KNOWN, SERIES, 1, DAY_BEFORE, START)
        return ledger.list_all(connection)

    found = await database.write(go)

    assert len({one.key for one in found}) == len(found) == 5
