"""The timer: it rings at once, again and again, at the chosen instant, and whatever the machine's clock does."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from service.clock import FastClock, SystemClock
from service.worker import timer
from service.worker.timer import TICK, Timer


def quicken(monkeypatch: pytest.MonkeyPatch, **seconds: float) -> None:
    for name, value in seconds.items():
        monkeypatch.setattr(timer, name, timedelta(seconds=value))


async def rings(bell: Timer, within: float) -> bool:
    """Whether it rings within so many seconds."""
    try:
        await asyncio.wait_for(bell.wait(), within)
    except TimeoutError:
        return False
    return True


async def test_it_rings_at_once_and_then_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch, TICK=0.05, _PATIENCE=60)
    bell = Timer(SystemClock())

    async with bell.running():
        assert [await rings(bell, 5) for _ in range(4)] == [True] * 4


async def test_it_rings_once_for_many_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch, TICK=60, _PATIENCE=60)
    bell = Timer(SystemClock())

    async with bell.running():
        for _ in range(5):
            bell.ring()
        assert await rings(bell, 5)
        assert not await rings(bell, 0.1)


async def test_it_rings_at_the_chosen_instant_of_its_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch, TICK=60, _PATIENCE=60)
    clock = FastClock(datetime(2024, 1, 1, tzinfo=UTC), speed=3600)
    bell = Timer(clock)

    async with bell.running():
        await bell.wait()
        bell.ring_at(clock.now() + timedelta(days=3000))
        bell.ring_at(clock.now() + timedelta(minutes=10))
        bell.ring_at(None)
        assert await rings(bell, 5)


async def test_it_rings_at_once_for_an_instant_that_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch, TICK=60, _PATIENCE=60)
    clock = SystemClock()
    bell = Timer(clock)

    async with bell.running():
        await bell.wait()
        bell.ring_at(clock.now() - timedelta(days=1))
        assert await rings(bell, 5)


async def test_it_does_not_fall_silent_when_the_machines_clock_is_turned_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the scheduler the next tick is then an hour away."""
    quicken(monkeypatch, TICK=3600, _PATIENCE=0.05)
    bell = Timer(SystemClock())

    async with bell.running():
        await bell.wait()
        assert [await rings(bell, 5) for _ in range(3)] == [True] * 3


def test_a_leap_of_the_clock_costs_one_tick_and_not_millions() -> None:
    trigger = timer._Ticking()
    today = datetime(2026, 1, 1, tzinfo=UTC)

    assert trigger.get_next_fire_time(datetime(1970, 1, 1, tzinfo=UTC), today) == today + TICK
