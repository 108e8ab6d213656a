"""Every point at which a run can end: whatever was half done, the next run finishes it, and the promise holds."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

import pytest

from tests.store.conftest import fresh_database
from tests.torture.crashing import CRASHED
from tests.torture.lives import Lives
from tests.torture.scale import PAIRS
from tests.torture.stage import Stage, set_stage
from tests.torture.verdict import Verdict

PEOPLE = 3
MORE_THAN_THERE_ARE = 1000
Fresh = Callable[[], AbstractContextManager[str]]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def fresh(request: pytest.FixtureRequest) -> Fresh:
    """Makes the setting `database` for a fresh database, as often as it is called; empty for SQLite."""
    if request.param == "sqlite":
        return lambda: nullcontext("")
    return partial(fresh_database, request.getfixturevalue("postgresql"))


async def crash(stage: Stage, point: int) -> bool:
    """Send what is due in a process that ends at this point; False if it came to its end before."""
    status = await (await stage.run("send", twist="tests.torture.crashing:crash_at", by=point)).end()
    assert status in (0, CRASHED)
    return status == CRASHED


async def crash_and_recover(folder: Path, lives: Lives, fresh: Fresh, points: Sequence[int]) -> tuple[bool, Verdict]:
    """Crash at the points, one run after the other, on a fresh database; whether all met theirs, and the verdict."""
    with fresh() as database:
        async with set_stage(folder, lives, PEOPLE, database=database, latency=0.0) as stage:
            crashed = []
            for point in points:
                crashed.append(await crash(stage, point))
                if database:
                    await stage.pass_time()
            return all(crashed), await stage.finish()


@pytest.mark.slow
async def test_a_run_may_end_at_every_point_and_the_next_one_finishes_it(
    fresh: Fresh, lives: Lives, tmp_path: Path
) -> None:
    doubts: Counter[int] = Counter()
    for point in range(1, MORE_THAN_THERE_ARE):
        crashed, verdict = await crash_and_recover(tmp_path / f"{point}", lives, fresh, [point])
        assert verdict.faults == [], f"point {point}"
        doubts[len(verdict.doubtful)] += 1
        if not crashed:
            break

    print(f"{point} points; points by mails left in doubt: {dict(doubts)}")
    assert not crashed, "the run never came to its end"
    assert point > 10 * PEOPLE, "the points are not counted"
    assert not verdict.doubtful, "a run that was not disturbed leaves no doubt"
    assert any(doubts[number] for number in (1, 2, 3)), "no point lay between the hand-off and its answer"


@pytest.mark.slow
async def test_recovery_may_end_at_any_point_too(
    fresh: Fresh, lives: Lives, chance: random.Random, tmp_path: Path
) -> None:
    met = 0
    for number in range(PAIRS):
        points = [chance.randint(1, 60), chance.randint(1, 60)]
        crashed, verdict = await crash_and_recover(tmp_path / f"{number}", lives, fresh, points)
        assert verdict.faults == [], f"points {points}"
        met += crashed
    assert met > PAIRS / 4, "hardly any recovery was disturbed"
