"""Stopping and halting under load: an orderly stop leaves no doubt, a process that was asleep sends nothing untold."""

import asyncio
import random
import signal
import time
from pathlib import Path

import pytest

from service.store.ledger import DeliveryState
from tests.torture.lives import Life, Lives
from tests.torture.scale import IS_LARGE, STOPS
from tests.torture.stage import Stage, set_stage

LONGEST_STOP = 30


@pytest.mark.slow
async def test_an_orderly_stop_under_load_leaves_no_doubt(
    address: str, lives: Lives, chance: random.Random, tmp_path: Path
) -> None:
    people, slowest = 40 * STOPS, 0.0
    async with set_stage(tmp_path / "stage", lives, people, database=address, latency=0.005) as stage:
        for _ in range(STOPS):
            life = await stage.serve()
            await stage.sink.reach(stage.sink.copies + chance.randint(1, 30))
            await asyncio.sleep(chance.uniform(0, 0.01))
            began = time.monotonic()
            life.signal(signal.SIGTERM)
            async with asyncio.timeout(LONGEST_STOP):
                assert await life.end() == 0
            slowest = max(slowest, time.monotonic() - began)
            assert {row.state for row in await stage.rows()} <= {DeliveryState.PLANNED, DeliveryState.SENT}
        verdict = await stage.finish()

    print(f"{STOPS} stops, the slowest took {slowest:.2f} s: {verdict}")
    assert verdict.faults == []
    assert not verdict.doubtful
    assert verdict.copies == people


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.skipif(not IS_LARGE, reason="it needs a quiet machine: `make torture` runs it")
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_who_was_asleep_while_others_took_over_sends_at_most_what_is_listed(
    address: str, lives: Lives, chance: random.Random, tmp_path: Path
) -> None:
    async with set_stage(tmp_path / "stage", lives, 0, database=address, latency=0.005) as stage:
        sleeper = await stage.serve()
        for _ in range(STOPS):
            await stage.invite(60)
            await stage.sink.reach(stage.sink.copies + chance.randint(1, 40))
            sleeper.signal(signal.SIGSTOP)
            for _ in range(2):  # its leases run out and others take over; then what it left in doubt has rested
                await stage.pass_time()
                await _let_others_send(stage, sleeper)
            sleeper.signal(signal.SIGCONT)
            await asyncio.sleep(chance.uniform(0, 0.1))
        sleeper.signal(signal.SIGTERM)
        assert await sleeper.end() == 0
        verdict = await stage.finish()

    print(f"{STOPS} times asleep: {verdict}")
    assert verdict.faults == []
    assert verdict.doubtful, "nobody took over what was in doubt: the test has shown nothing"


async def _let_others_send(stage: Stage, sleeper: Life) -> None:
    """Send what is due from another process. It may have to wait for a row that the sleeper fell asleep upon."""
    other = await stage.run("send")
    try:
        async with asyncio.timeout(5):
            await other.end()
    except TimeoutError:
        print("it waits for the sleeper")
        sleeper.signal(signal.SIGCONT)
        await other.end()


@pytest.mark.slow
async def test_who_was_asleep_alone_goes_on_as_if_nothing_had_been(
    address: str, lives: Lives, chance: random.Random, tmp_path: Path
) -> None:
    people = 20 * STOPS
    async with set_stage(tmp_path / "stage", lives, people, database=address, latency=0.005) as stage:
        life = await stage.serve()
        for _ in range(STOPS // 2):
            await stage.sink.reach(stage.sink.copies + chance.randint(1, 15))
            life.signal(signal.SIGSTOP)
            await asyncio.sleep(chance.uniform(0, 0.1))
            life.signal(signal.SIGCONT)
        life.signal(signal.SIGTERM)
        assert await life.end() == 0
        verdict = await stage.finish()

    assert verdict.faults == []
    assert not verdict.doubtful
