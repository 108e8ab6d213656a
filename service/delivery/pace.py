"""The pace: how many mails a minute may leave, from all processes together."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Final

from service.store.database import Database
from service.store.pacing import Slots, give_slots_back, reserve_slots

__all__ = ["Pace"]

_WAY: Final = "relay"


class Pace:
    """At most so many mails a minute, spread evenly; 0 is no limit and costs nothing.

    The database keeps the limit. A second's worth of slots is reserved at once, so that few mails wait for it.
    """

    def __init__(self, database: Database, rate_per_minute: int) -> None:
        self._database = database
        self._gap: Final = 60 / rate_per_minute if rate_per_minute else 0.0
        self._at_once: Final = max(rate_per_minute // 60, 1)
        self._reserved: Slots | None = None
        self._used = 0
        self._first = 0.0

    @property
    def is_limited(self) -> bool:
        """Whether a mail may have to wait for its turn."""
        return self._gap > 0

    async def wait(self, stop: asyncio.Event) -> None:
        """Wait until the next mail may leave, or until `stop` is set. For one caller at a time.

        Raises `DatabaseTrouble`.
        """
        if not self.is_limited:
            return
        present = asyncio.get_running_loop().time()
        slots = self._reserved
        if slots is None or self._used == slots.count or self._slot(slots.count) <= present:
            await self._reserve()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._slot(self._used)):
                await stop.wait()
                return  # no mail leaves, so its slot stays free
        self._used += 1

    async def give_back(self) -> None:
        """Let others have what is reserved and not used. Raises `DatabaseTrouble`."""
        slots, self._reserved = self._reserved, None
        if slots is not None and self._used < slots.count:
            unused = slots.count - self._used
            await self._database.write(partial(give_slots_back, name=_WAY, slots=slots, unused=unused))

    async def _reserve(self) -> None:
        reserve = partial(reserve_slots, name=_WAY, count=self._at_once, gap=self._gap)
        self._reserved = await self._database.write(reserve)
        self._used, self._first = 0, asyncio.get_running_loop().time() + self._reserved.wait

    def _slot(self, number: int) -> float:
        """When a slot comes, by the clock of the event loop."""
        return self._first + number * self._gap
