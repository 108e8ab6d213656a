"""What the torture tests share: a zygote for each test, both databases, and seeds that are told."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store import conftest as stores
from tests.torture.lives import Lives, bearing
from tests.torture.scale import describe_scale

address, postgresql = stores.address, stores.postgresql


def pytest_report_header() -> str:
    """What was asked for, above the results."""
    return describe_scale()


@pytest.fixture
async def lives(tmp_path: Path) -> AsyncIterator[Lives]:
    """Bears processes of studybell; what they log is shown if the test fails."""
    log = tmp_path / "lives.log"
    async with bearing(log) as zygote:
        yield zygote
    print(*log.read_text().splitlines()[-20:] if log.exists() else (), sep="\n")


@pytest.fixture
def chance() -> random.Random:
    """A source of chance whose seed is printed."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    return random.Random(seed)
