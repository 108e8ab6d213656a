"""The pace: even gaps, whoever waits, all processes together, and nobody waits in vain."""

import asyncio

from service.delivery.pace import Pace
from service.store.database import Database
from tests.store import conftest as stores

address, database, postgresql = stores.address, stores.database, stores.postgresql


async def leave(pace: Pace, mails: int) -> list[float]:
    """When so many mails left."""
    left = []
    for _ in range(mails):
        await pace.wait(asyncio.Event())
        left.append(asyncio.get_running_loop().time())
    return left


async def test_without_a_limit_nobody_waits_and_nothing_is_written(database: Database) -> None:
    database.close()

    left = await leave(Pace(database, 0), 1000)

    assert left[-1] - left[0] < 0.5


async def test_mails_leave_in_even_gaps(database: Database) -> None:
    left = await leave(Pace(database, 1200), 12)

    assert left[-1] - left[0] >= 11 * 0.05 - 0.01
    assert min(later - earlier for earlier, later in zip(left[::2], left[2::2], strict=False)) > 0.05


async def test_two_processes_together_keep_the_limit(database: Database) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()

    lefts = await asyncio.gather(leave(Pace(database, 1800), 25), leave(Pace(database, 1800), 25))

    in_order = sorted(time for left in lefts for time in left)
    assert len(in_order) == 50
    assert in_order[-1] - began >= 49 / 30 - 0.05
    assert all(lefts), "neither is left out"


async def test_a_slow_relay_earns_no_more_than_a_seconds_worth_of_mails_at_once(database: Database) -> None:
    pace = Pace(database, 600)
    await leave(pace, 1)
    await asyncio.sleep(1.2)

    left = await leave(pace, 4)

    assert left[-1] - left[0] >= 3 * 0.1 - 0.01


async def test_who_is_stopped_waits_no_longer_and_takes_no_slot(database: Database) -> None:
    pace, stop, loop = Pace(database, 30), asyncio.Event(), asyncio.get_running_loop()
    await pace.wait(stop)
    stop.set()
    began = loop.time()

    for _ in range(10):
        await pace.wait(stop)

    assert loop.time() - began < 1


async def test_what_is_given_back_others_may_use(database: Database) -> None:
    one, other, loop = Pace(database, 1200), Pace(database, 1200), asyncio.get_running_loop()
    await leave(one, 1)
    began = loop.time()

    await one.give_back()
    await leave(other, 1)

    assert loop.time() - began < 0.5, "not a whole second later"


async def test_what_others_have_built_on_is_not_given_back(database: Database) -> None:
    one, other, loop = Pace(database, 1200), Pace(database, 1200), asyncio.get_running_loop()
    began = loop.time()
    await leave(one, 1)
    await leave(other, 1)
    await one.give_back()
    await one.give_back()
    await leave(one, 1)

    assert loop.time() - began >= 1.9
