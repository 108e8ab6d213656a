"""Several processes on one PostgreSQL: each delivery has one owner at a time, whoever else wants it, or dies."""

import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.torture.lives import Lives
from tests.torture.scale import CREW, CREW_KILLS, ROWS
from tests.torture.stage import Stage, set_stage
from tests.torture.watching import irregularities, owners, watch
from tests.whole.installation import running

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.parametrize("address", ["postgresql"], indirect=True)]


async def begin_to_watch(stage: Stage) -> None:
    with running(stage.settings) as store:
        await store.database.write(watch)


async def seen(stage: Stage) -> tuple[list[str], int]:
    with running(stage.settings) as store:
        return await store.database.read(irregularities), await store.database.read(owners)


async def test_processes_that_race_for_the_same_rows_double_nothing(address: str, lives: Lives, tmp_path: Path) -> None:
    began = time.monotonic()
    async with set_stage(tmp_path / "stage", lives, ROWS, database=address, latency=0.0) as stage:
        await begin_to_watch(stage)
        crew = [await stage.serve() for _ in range(CREW)]
        await stage.sink.reach(ROWS, within=600)
        for life in crew:
            life.signal(signal.SIGTERM)
        assert [await life.end() for life in crew] == [0] * CREW
        verdict = await stage.finish()
        irregular, active = await seen(stage)

    print(f"{CREW} processes: {verdict}; {time.monotonic() - began:.1f} s")
    assert verdict.faults == irregular == []
    assert verdict.copies == ROWS
    assert not verdict.doubtful
    assert active >= CREW, "not everybody had a share: the test has shown nothing"


async def test_a_crew_whose_members_die_at_random_doubles_nothing_untold(
    address: str, lives: Lives, chance: random.Random, tmp_path: Path
) -> None:
    people = 100 * CREW_KILLS
    async with set_stage(tmp_path / "stage", lives, people, database=address, latency=0.005) as stage:
        await begin_to_watch(stage)
        crew = [await stage.serve() for _ in range(CREW)]
        for number in range(CREW_KILLS):
            with suppress(TimeoutError):  # what the dead hold is not free before their leases end
                await stage.sink.reach(stage.sink.copies + chance.randint(1, 100), within=2)
            if number % 4 == 3:  # they end for the living, too, as if these had slept
                await stage.pass_time()
            await crew.pop(chance.randrange(CREW)).kill()
            crew.append(await stage.serve())
        for life in crew:
            await life.kill()
        verdict = await stage.finish()
        irregular, _ = await seen(stage)

    print(f"{CREW} processes, {CREW_KILLS} kills: {verdict}")
    assert verdict.faults == irregular == []
    assert verdict.doubtful, "no kill met a mail on its way: the test has shown nothing"
