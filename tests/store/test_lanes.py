"""Lanes on both databases: every kind of mail has one, and a held one is known to everybody until it is let go."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from service.store import claiming, lanes, ledger, owing, settling
from service.store.database import Database
from service.store.lanes import LANES, Hold, Lane, lane_of
from service.store.ledger import DeliveryState, Kind
from service.store.settling import Settlement
from tests.store import season
from tests.store.season import DAY_BEFORE, HOUR, MINUTE, SERIES, VERSION

REMINDERS_HELD = Hold(
    lane=Lane.REMINDERS,
    refusal="5.7.1 not allowed",
    reason="rcpt: 550 5.7.1 not allowed (42)",
    since=DAY_BEFORE,
    until=DAY_BEFORE + 5 * MINUTE,
    rest=5 * MINUTE,
)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_mail_waits_in_one_lane(kind: Kind) -> None:
    assert [lane for lane, kinds in LANES.items() if kind in kinds] == [lane_of(kind)]


async def test_a_held_lane_is_known_with_its_reason(database: Database) -> None:
    await database.write(lambda connection: lanes.hold(connection, REMINDERS_HELD, (), DAY_BEFORE))

    assert await database.read(lanes.held) == {Lane.REMINDERS: REMINDERS_HELD}


async def test_holding_for_longer_does_not_change_since_when(database: Database) -> None:
    later = DAY_BEFORE + HOUR
    longer = replace(REMINDERS_HELD, reason="again", since=later, until=later + HOUR, rest=timedelta(hours=1))
    await database.write(lambda connection: lanes.hold(connection, REMINDERS_HELD, (), DAY_BEFORE))

    await database.write(lambda connection: lanes.hold(connection, longer, (), later))

    assert await database.read(lanes.held) == {Lane.REMINDERS: replace(longer, since=DAY_BEFORE)}


async def test_a_lane_is_let_go_once(database: Database) -> None:
    await database.write(lambda connection: lanes.hold(connection, REMINDERS_HELD, (), DAY_BEFORE))

    assert await database.write(lambda connection: lanes.release(connection, Lane.REMINDERS))
    assert not await database.write(lambda connection: lanes.release(connection, Lane.REMINDERS))
    assert await database.read(lanes.held) == {}


async def test_trying_now_only_makes_the_wait_shorter(database: Database) -> None:
    await database.write(lambda connection: lanes.hold(connection, REMINDERS_HELD, (), DAY_BEFORE))

    for at in (DAY_BEFORE + MINUTE, DAY_BEFORE + 3 * MINUTE):
        await database.write(partial(lanes.try_now, lane=Lane.REMINDERS, now=at))

    (hold,) = (await database.read(lanes.held)).values()
    assert hold.until == DAY_BEFORE + MINUTE


async def test_only_one_process_tries_a_mail_and_a_rest_follows(database: Database) -> None:
    await database.write(lambda connection: lanes.hold(connection, REMINDERS_HELD, (), DAY_BEFORE))
    begin = partial(lanes.begin_try, lane=Lane.REMINDERS)

    tries = [await database.write(partial(begin, now=DAY_BEFORE + minutes * MINUTE)) for minutes in (4, 5, 6, 9, 10)]

    assert tries == [False, True, False, False, True]
    assert not await database.write(partial(lanes.begin_try, lane=Lane.NOTICES, now=DAY_BEFORE + HOUR))


async def test_who_was_refused_with_a_lane_is_owed_the_mail_again_but_nobody_who_has_got_it(database: Database) -> None:
    def go(connection: Connection) -> tuple[int, int]:
        season.publish(connection, VERSION)
        for name in ("refused", "reached"):
            season.join(connection, name)
        owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE)
        refused, reached = claiming.claim(connection, "me", Lane.REMINDERS, DAY_BEFORE, 2)
        claiming.hand_off(connection, "me", [refused, reached], DAY_BEFORE)
        outcomes = [
            (refused, Settlement(state=DeliveryState.FAILED, reason=REMINDERS_HELD.reason)),
            (reached, Settlement(state=DeliveryState.SENT, reason="dot: 250 ok")),
        ]
        settling.settle(connection, outcomes, DAY_BEFORE)
        lanes.hold(connection, REMINDERS_HELD, [refused, reached], DAY_BEFORE)
        return refused.id, reached.id

    refused, reached = await database.write(go)
    assert {row.id: (row.state, row.reason) for row in await database.read(ledger.list_all)} == {
        refused: (DeliveryState.PLANNED, f"{lanes.HELD_BACK}{REMINDERS_HELD.reason}"),
        reached: (DeliveryState.SENT, "dot: 250 ok"),
    }
