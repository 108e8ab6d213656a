"""The timer: APScheduler wakes the worker. It holds no reminder; the ledger does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from service.clock import Clock, SystemClock

__all__ = ["TICK", "Timer"]

TICK: Final = timedelta(seconds=2)
"""How often the machine looks whether there is something to do, whatever else wakes it."""

_NEVER_TOO_LATE: Final = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


class Timer:
    """Sets `bell` every `TICK` and at one chosen instant of `clock`."""

    def __init__(self, clock: Clock) -> None:
        self.bell: Final = asyncio.Event()
        self._clock = clock
        self._machine = SystemClock()
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Rings while the context lasts, at once for the first time."""
        self._scheduler.add_job(self.bell.set, IntervalTrigger(seconds=TICK.seconds), id="tick", **_NEVER_TOO_LATE)
        self._scheduler.start()
        self.bell.set()
        try:
            yield
        finally:
            self._scheduler.shutdown(wait=False)

    def ring_at(self, instant: datetime | None) -> None:
        """Ring once more at `instant` (by the clock), instead of the instant set before."""
        if instant is None:
            return
        away = self._clock.wait_for(instant - self._clock.now())
        at = self._machine.now() + max(away, timedelta(0))
        self._scheduler.add_job(self.bell.set, DateTrigger(at), id="next-due", replace_existing=True, **_NEVER_TOO_LATE)
