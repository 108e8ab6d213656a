"""Connections that are opened and hardly used: everybody else is answered as if they were not there."""

import asyncio
from statistics import quantiles
from time import perf_counter

import pytest

from tests.hostile.conftest import SLUG, Target
from tests.hostile.raw import fetch

pytestmark = pytest.mark.slow

SLOW = 500


async def test_feeds_are_answered_while_five_hundred_connections_stay_half_open(target: Target) -> None:
    opened = [await asyncio.open_connection("127.0.0.1", target.port) for _ in range(SLOW)]
    for number, (_, writer) in enumerate(opened):
        writer.write(f"POST /{SLUG}/participants HTTP/1.1\r\nX-{number}: ".encode())

    spent = []
    for number in range(200):
        for _, writer in opened[number::200]:
            writer.write(b"a")
        begun = perf_counter()
        assert (await fetch(target.port, f"/{SLUG}.ics")).startswith(b"BEGIN:VCALENDAR")
        spent.append(perf_counter() - begun)

    print(f"p99 of 200 feeds beside {SLOW} half-open connections: {quantiles(spent, n=100)[-1] * 1000:.1f} ms")
    async with asyncio.timeout(20):
        ends = await asyncio.gather(*(reader.read() for reader, _ in opened))
    assert ends == [b""] * SLOW, "who does not finish a request within ten seconds is cut off"
    for _, writer in opened:
        writer.close()
