"""The pace: how many mails a minute may leave."""

import asyncio
from contextlib import suppress

__all__ = ["Pace"]


class Pace:
    """At most so many mails a minute, spread evenly; 0 is no limit. Time is the event loop's."""

    def __init__(self, rate_per_minute: int) -> None:
        self._gap = 60 / rate_per_minute if rate_per_minute else 0.0
        self._next = 0.0

    async def wait(self, stop: asyncio.Event) -> None:
        """Wait until the next mail may leave, or until `stop` is set. For one caller at a time."""
        if not self._gap:
            return
        present = asyncio.get_running_loop().time()
        at = max(self._next, present)
        with suppress(TimeoutError):
            async with asyncio.timeout_at(at):
                await stop.wait()
                return  # no mail leaves, so its place in the row stays free
        self._next = at + self._gap
