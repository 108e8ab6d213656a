"""The lives: whoever gives up waiting for one spoils no later answer."""

import asyncio
from contextlib import suppress

from tests.torture.lives import Lives


async def test_who_gives_up_waiting_for_a_life_hears_later_how_it_ended(lives: Lives) -> None:
    life = await lives.bear("--help")
    for _ in range(300):
        with suppress(TimeoutError):
            async with asyncio.timeout(0.0005):
                await life.end()

    assert await life.end() == 0
    other = await lives.bear("check", "nowhere.md")
    assert other.pid != life.pid
    assert await other.end() == 2
