"""PostgreSQL falls over, ends sessions, or commits without a word: nothing is lost or doubled, and soon all goes on."""

import asyncio
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture.cluster import Cluster, own_cluster
from tests.torture.lives import Lives
from tests.torture.proxy import swallowing
from tests.torture.scale import RESTARTS
from tests.torture.stage import set_stage

BACK_WITHIN = 10.0

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with own_cluster() as running:
        yield running


async def test_a_database_that_falls_over_again_and_again_costs_nobody_a_mail(
    cluster: Cluster, lives: Lives, chance: random.Random, tmp_path: Path
) -> None:
    people, slowest = 60 * RESTARTS, 0.0
    troubles = [
        lambda: cluster.restart("immediate"),
        lambda: cluster.restart("fast"),
        cluster.cut_off,
        cluster.rob,
    ]
    async with set_stage(tmp_path / "stage", lives, people, database=cluster.uri, latency=0.02) as stage:
        life = await stage.serve()
        for number in range(RESTARTS):
            await stage.sink.reach(stage.sink.copies + chance.randint(1, 30))
            await troubles[number % len(troubles)]()
            await cluster.answer()
            began = time.monotonic()
            await stage.sink.reach(stage.sink.copies + 5, within=BACK_WITHIN)  # more than were under way
            slowest = max(slowest, time.monotonic() - began)
        life.signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            assert await life.end() == 0
        verdict = await stage.finish()

    print(f"{RESTARTS} times, back after {slowest:.1f} s at most: {verdict}")
    assert verdict.faults == []


async def test_a_commit_that_nobody_hears_of_costs_nobody_a_mail(
    cluster: Cluster, lives: Lives, chance: random.Random, tmp_path: Path
) -> None:
    people = 15 * RESTARTS
    async with (
        swallowing(cluster.socket, chance) as proxy,
        set_stage(tmp_path / "stage", lives, people, database=cluster.uri, latency=0.002) as stage,
    ):
        stage.environment["STUDYBELL_DATABASE"] = f"postgresql://postgres@127.0.0.1:{proxy.port}/postgres"
        life = await stage.serve()
        await stage.sink.reach(1)
        proxy.share = 0.05
        await stage.sink.reach(people * 9 // 10, within=120)
        life.signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            assert await life.end() == 0
        proxy.share = 0.0
        verdict = await stage.finish()

    print(f"{proxy.swallowed} commits without an answer: {verdict}")
    assert proxy.swallowed
    assert verdict.faults == []
