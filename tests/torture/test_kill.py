"""The promise under kill -9: no reminder is lost untold, none comes more than twice, and twice only where listed."""

import asyncio
import os
import random
from contextlib import suppress
from pathlib import Path

import pytest

from service.store.ledger import DeliveryState
from tests.torture.lives import Life, Lives
from tests.torture.progress import Progress
from tests.torture.scale import IS_LARGE, KILLS, PEOPLE
from tests.torture.stage import Stage, install_before, set_stage
from tests.torture.witness import SMTP_SINK, hearing
from tests.whole.installation import serving

CONNECTIONS = 4
LONGEST_LIFE = 2 + PEOPLE / 50_000  # seconds: the more people, the longer it takes to see that all are owed


async def rampage(stage: Stage, kills: int, chance: random.Random, progress: Progress) -> None:
    """Kill the service so many times, now and then while it starts, else somewhere among the mails it sends.

    It ends before if the time is up.
    """
    for left in range(kills, 0, -1):
        if progress.is_late:
            return
        life = await stage.serve()
        if chance.random() < 0.1:
            await asyncio.sleep(chance.uniform(0, 0.3))
        else:
            await _let_send(stage, life, chance.randint(1, max(1, 2 * _owed(stage) // left)))
            await asyncio.sleep(chance.uniform(0, 0.01))
        assert await life.kill() == -9, "it ended by itself"
        # On PostgreSQL others may live, so the dead hold what they held until their leases end.
        if stage.settings.database or left % 20 == 0:
            await stage.pass_time()
        await progress.note_kill()


def _owed(stage: Stage) -> int:
    return stage.people - len(stage.sink.accepted)


async def _let_send(stage: Stage, life: Life, mails: int) -> None:
    with suppress(TimeoutError):  # what is left may be in doubt, and rest
        await stage.sink.reach(stage.sink.copies + min(mails, _owed(stage)), within=LONGEST_LIFE)


@pytest.mark.slow
@pytest.mark.parametrize("doubtful", ["resend", "hold"])
async def test_killing_the_service_again_and_again_loses_and_doubles_nothing_untold(
    doubtful: str, address: str, lives: Lives, chance: random.Random, tmp_path: Path
) -> None:
    is_whole = doubtful == "resend" and (IS_LARGE or not address)
    share = 1 if is_whole else 10  # a tenth shows whether it holds there, too
    kills, people = KILLS // share, PEOPLE // share
    what = f"{'PostgreSQL' if address else 'SQLite'}, {doubtful}"
    async with set_stage(tmp_path / "stage", lives, people, database=address, doubtful=doubtful) as stage:
        progress = Progress(what, stage)
        await rampage(stage, kills, chance, progress)
        verdict = await stage.finish()
        rows = await stage.rows()
        await progress.tell()

    print(f"{what}: {progress.kills} kills: {verdict}", flush=True)
    assert verdict.faults == []
    assert len(verdict.doubtful) <= kills * CONNECTIONS
    assert progress.kills == kills, "the time was up"
    assert verdict.doubtful, "no kill met a mail on its way: the test has shown nothing"
    if doubtful == "hold":
        assert verdict.most_copies == 1
    else:
        assert verdict.most_copies == 2, "nothing in doubt was sent once more: the test has shown nothing"
    assert {row.state for row in rows} <= {DeliveryState.SENT, DeliveryState.UNCERTAIN}


@pytest.mark.slow
async def test_a_second_witness_sees_the_same(lives: Lives, chance: random.Random, tmp_path: Path) -> None:
    if SMTP_SINK is None and not os.environ.get("CI"):
        pytest.skip("smtp-sink is not installed (Debian: postfix)")
    async with hearing() as witness:
        stage = await install_before(witness, tmp_path / "stage", lives, PEOPLE // 20)
        await rampage(stage, KILLS // 20, chance, Progress("smtp-sink", stage))
        verdict = await stage.finish()

    print(f"{KILLS // 20} kills before smtp-sink: {verdict}")
    assert verdict.faults == []
    assert verdict.copies >= stage.people - len(verdict.missing)


@pytest.mark.slow
async def test_a_service_started_as_everybody_starts_it_keeps_the_promise_too(
    lives: Lives, chance: random.Random, tmp_path: Path
) -> None:
    async with set_stage(tmp_path / "stage", lives, 200, latency=0.005) as stage:
        for number in range(1, 6):
            async with serving(stage.settings) as service:
                await stage.sink.reach(30 * number)
                await asyncio.sleep(chance.uniform(0, 0.05))
                service.kill()
                assert await service.wait() == -9
        verdict = await stage.finish()

    print(f"5 kills of the real command: {verdict}")
    assert verdict.faults == []
