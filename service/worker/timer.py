"""The timer: APScheduler wakes the worker. It holds no reminder; the ledger does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger

from service.clock import Clock, SystemClock

__all__ = ["TICK", "Timer"]

TICK: Final = timedelta(seconds=2)
"""How often the machine looks whether there is something to do, whatever else wakes it."""

_PATIENCE: Final = timedelta(seconds=5)
"""When the bell is silent for so long, somebody has turned the machine's clock back."""

_NEVER_TOO_LATE: Final = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


class Timer:
    """Rings every `TICK`, at one chosen instant of `clock`, and whenever it is asked to."""

    def __init__(self, clock: Clock) -> None:
        self._bell: Final = asyncio.Event()
        self._clock = clock
        self._machine = SystemClock()
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Rings while the context lasts, at once for the first time."""
        self._scheduler.add_job(self._ring, _Ticking(), id="tick", **_NEVER_TOO_LATE)
        self._scheduler.start()
        self.ring()
        try:
            yield
        finally:
            self._scheduler.shutdown(wait=False)

    def ring(self) -> None:
        """Ring now."""
        self._bell.set()

    def ring_at(self, instant: datetime | None) -> None:
        """Ring once more at `instant` (by the clock), instead of the instant set before."""
        if instant is None:
            return
        away = self._clock.wait_for(instant - self._clock.now())
        at = self._machine.now() + max(away, timedelta(0))
        self._scheduler.add_job(self._ring, DateTrigger(at), id="next-due", replace_existing=True, **_NEVER_TOO_LATE)

    async def wait(self) -> None:
        """Wait until it rings, but no longer than a few seconds, whatever happens to the machine's clock."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                await self._bell.wait()
        self._bell.clear()

    async def _ring(self) -> None:
        # A coroutine on purpose: what is none would be run in another thread, where an asyncio.Event must not be set.
        self._bell.set()


class _Ticking(BaseTrigger):  # type: ignore[misc]
    """Every `TICK` from now: an interval trigger would list every tick that a leap of the clock has skipped."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now + TICK
