"""The clock: the only place that reads the time. Everybody else takes `now` as an argument."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

__all__ = ["Clock", "FastClock", "SystemClock"]

_SINCE_BOOT: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # Linux counts sleep only in the former


class Clock(Protocol):
    """A source of time. `now` is aware, in UTC."""

    def now(self) -> datetime:
        """The present instant."""

    def wait_for(self, span: timedelta) -> timedelta:
        """How long a stretch of this clock's time takes on the machine."""

    def lasting(self, span: timedelta) -> timedelta:
        """How far this clock goes while `span` passes for a person in front of the machine."""

    def uptime(self) -> timedelta:
        """How far this clock went since the machine was started, asleep or not, had nobody ever set the time."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)

    def wait_for(self, span: timedelta) -> timedelta:
        """`span` itself."""
        return span

    def lasting(self, span: timedelta) -> timedelta:
        """`span` itself."""
        return span

    def uptime(self) -> timedelta:
        """How long the machine is on."""
        return timedelta(seconds=time.clock_gettime(_SINCE_BOOT))


class FastClock:
    """A clock that starts at a chosen instant and runs `speed` times as fast as the machine's: for showing a season."""

    def __init__(self, start: datetime, speed: float, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._start = start.astimezone(UTC)
        self._speed = speed
        self._elapsed = elapsed
        self._began = elapsed()

    def now(self) -> datetime:
        """The instant that this clock shows, in UTC."""
        return self._start + timedelta(seconds=(self._elapsed() - self._began) * self._speed)

    def wait_for(self, span: timedelta) -> timedelta:
        """How long `span` takes on the machine."""
        return span / self._speed

    def lasting(self, span: timedelta) -> timedelta:
        """How far this clock goes while `span` passes on the machine."""
        return span * self._speed

    def uptime(self) -> timedelta:
        """How far this clock went."""
        return self.now() - self._start
