"""Fetches: when calendar programs of each kind last asked for a series' feed; what shows how fresh calendars are.

Nothing is kept of a request but its kind and its time. A request only notes it; it is written down from time to time.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Final

from service.store.database import Database, DatabaseTrouble
from service.store.fetches import Family, keep_fetches

__all__ = ["Fetches", "keep_noted", "tell_family"]

_log: Final = logging.getLogger(__name__)
_EVERY: Final = timedelta(minutes=1)

_SIGNS: Final = (
    (Family.GOOGLE, re.compile(r"google", re.IGNORECASE)),
    (Family.OUTLOOK, re.compile(r"outlook|microsoft|exchange", re.IGNORECASE)),
    (Family.APPLE, re.compile(r"dataaccessd|calendaragent|^(?:ios|ipados|macos)/", re.IGNORECASE)),
    (Family.THUNDERBIRD, re.compile(r"thunderbird", re.IGNORECASE)),
)


@lru_cache(maxsize=256)
def tell_family(user_agent: str) -> Family:
    """The family of a program that calls itself `user_agent`."""
    return next((family for family, sign in _SIGNS if sign.search(user_agent)), Family.OTHER)


class Fetches:
    """The last fetch of every published series by each family, since the service was started."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, Family], datetime] = {}
        self._kept: dict[tuple[str, Family], datetime] = {}

    def note(self, slug: str, user_agent: str, now: datetime) -> None:
        """Somebody was given the feed of a series (or told that theirs is current) at `now`."""
        self._last[slug, tell_family(user_agent)] = now

    def last(self, slug: str) -> Mapping[Family, datetime]:
        """The instant of the last fetch of a series by each family that fetched it."""
        return {family: at for (series, family), at in self._last.items() if series == slug}

    async def keep(self, database: Database) -> None:
        """Write down what was noted since the last time. Raises `DatabaseTrouble`; the next time makes up for it."""
        noted = {key: at for key, at in self._last.items() if self._kept.get(key) != at}
        if noted:
            await database.write(partial(keep_fetches, noted=noted))
            self._kept |= noted


@asynccontextmanager
async def keep_noted(fetches: Fetches, database: Database, *, every: timedelta = _EVERY) -> AsyncIterator[None]:
    """Write down what is noted, `every` so often as long as the context lasts, and at its end."""
    keeping = asyncio.create_task(_keep_on(fetches, database, every))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await _keep(fetches, database)


async def _keep_on(fetches: Fetches, database: Database, every: timedelta) -> None:
    while True:
        await asyncio.sleep(every.total_seconds())
        await _keep(fetches, database)


async def _keep(fetches: Fetches, database: Database) -> None:
    try:
        await fetches.keep(database)
    except DatabaseTrouble as trouble:
        _log.warning("wait %s", trouble)
