"""The clock: aware, in UTC, and for the demo as fast as one likes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.clock import FastClock, SystemClock

HOUR = timedelta(hours=1)


def test_the_machines_clock_speaks_utc_and_goes_as_fast_as_people() -> None:
    clock = SystemClock()
    first = clock.now()

    assert first.tzinfo is UTC
    assert clock.now() >= first
    assert clock.wait_for(HOUR) == clock.lasting(HOUR) == HOUR


def test_a_fast_clock_starts_where_it_is_told_and_runs_fast() -> None:
    elapsed = [100.0]
    clock = FastClock(datetime(2024, 1, 26, 21, tzinfo=ZoneInfo("Asia/Seoul")), 3600, lambda: elapsed[0])

    assert clock.now() == datetime(2024, 1, 26, 12, tzinfo=UTC)
    elapsed[0] += 24
    assert clock.now() == datetime(2024, 1, 27, 12, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize("speed", [0.5, 1, 60, 86_400])
def test_waiting_on_a_fast_clock_and_lasting_are_each_others_reverse(speed: float) -> None:
    clock = FastClock(datetime(2024, 1, 1, tzinfo=UTC), speed)

    assert clock.lasting(clock.wait_for(HOUR)) == pytest.approx(HOUR, abs=timedelta(milliseconds=100))
    assert clock.wait_for(HOUR) == HOUR / speed


def test_the_uptime_goes_on_as_the_clock_does() -> None:
    elapsed = [100.0]
    fast = FastClock(datetime(2024, 1, 1, tzinfo=UTC), 3600, lambda: elapsed[0])
    elapsed[0] += 2

    assert fast.uptime() == 2 * HOUR
    first = SystemClock().uptime()
    assert timedelta(0) < first <= SystemClock().uptime()
