"""The pace: even gaps, whoever waits, and nobody waits in vain."""

import asyncio

from service.delivery.pace import Pace


async def test_without_a_limit_nobody_waits() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()

    for _ in range(1000):
        await Pace(0).wait(asyncio.Event())

    assert loop.time() - began < 0.5


async def test_mails_leave_in_even_gaps() -> None:
    pace, loop, left = Pace(3000), asyncio.get_running_loop(), []

    for _ in range(6):
        await pace.wait(asyncio.Event())
        left.append(loop.time())

    assert left[-1] - left[0] >= 5 * 0.02 - 0.005


async def test_who_is_stopped_waits_no_longer_and_takes_no_place() -> None:
    pace, stop, loop = Pace(30), asyncio.Event(), asyncio.get_running_loop()
    await pace.wait(stop)
    stop.set()
    began = loop.time()

    for _ in range(10):
        await pace.wait(stop)

    assert loop.time() - began < 1
