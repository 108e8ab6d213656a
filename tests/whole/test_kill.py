"""The promise under kill -9: no reminder is lost untold, none comes more than twice, and twice only where listed."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from service.clock import SystemClock
from service.settings.values import Settings
from service.store.ledger import DeliveryState, list_all, tally
from service.store.tables import deliveries
from tests.whole.installation import install, invite, running, serving, stop
from tests.whole.sink import Sink

PEOPLE = 2000
KILLS = 50
SETTLED = (DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.FAILED, DeliveryState.EXPIRED)


@pytest.mark.slow
async def test_killing_the_service_again_and_again_loses_and_doubles_nothing_untold(tmp_path: Path) -> None:
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    async with Sink(latency=0.008) as sink:
        settings = install(tmp_path, smtp_port=sink.port, starts=SystemClock().now() + timedelta(minutes=40))
        invite(settings, PEOPLE)
        for _ in range(KILLS):
            await _kill_while_sending(settings, sink, chance)
        async with serving(settings) as service:
            await _until_settled(settings)
            assert await stop(service) == 0
    with running(settings) as store:
        rows = await store.database.read(list_all)

    doubted = {row.address for row in rows if row.doubts}
    print(f"seed {seed}: {KILLS} kills, {len(doubted)} in doubt, {sink.accepted.total()} copies for {PEOPLE} people")
    assert len(rows) == PEOPLE
    assert all(row.state in SETTLED for row in rows)
    lost = {row.address for row in rows} - set(sink.accepted)
    assert lost <= {row.address for row in rows if row.state is DeliveryState.UNCERTAIN}
    assert max(sink.accepted.values()) <= 2
    assert {address for address, copies in sink.accepted.items() if copies == 2} <= doubted
    assert all(len(ids) == 1 for ids in sink.messages.values())
    assert doubted, "no kill met a mail on its way: the test has shown nothing"


async def _kill_while_sending(settings: Settings, sink: Sink, chance: random.Random) -> None:
    sink.arrived.clear()
    async with serving(settings) as service:
        async with asyncio.timeout(30):
            await sink.arrived.wait()
        await asyncio.sleep(chance.uniform(0, 0.15))
        service.kill()
        await service.wait()


async def _until_settled(settings: Settings) -> None:
    with running(settings) as store:
        async with asyncio.timeout(60):
            while True:
                counts = await store.database.write(_let_doubts_rest)
                if sum(counts[state] for state in SETTLED) == PEOPLE:
                    return
                await asyncio.sleep(0.2)


def _let_doubts_rest(connection: Connection) -> dict[DeliveryState, int]:
    """Let the ten minutes pass that a delivery in doubt rests, and tell how many deliveries stand where."""
    resting = (deliveries.c.state == DeliveryState.PLANNED) & (deliveries.c.doubts > 0)
    connection.execute(update(deliveries).where(resting).values(next_at=SystemClock().now()))
    return tally(connection)
