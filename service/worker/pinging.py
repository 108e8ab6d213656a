"""Pinging: a watcher outside hears every minute that all is well, and raises the alarm when it hears nothing.

So it is noticed even that the whole machine is down. See the dead man's switches of monitoring services.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from service.store.database import DatabaseTrouble

__all__ = ["keep_pinging"]

_log: Final = logging.getLogger(__name__)
_EVERY: Final = timedelta(minutes=1)
_TIMEOUTS: Final = dict.fromkeys(("connect", "read", "write", "pool"), 10.0)


@asynccontextmanager
async def keep_pinging(
    url: str, is_well: Callable[[], Awaitable[bool]], every: timedelta = _EVERY
) -> AsyncIterator[None]:
    """Ask for `url` again and again while the context lasts and all is well; never, if it is empty."""
    if not url:
        yield
        return
    pinging = asyncio.create_task(_ping_for_ever(url, is_well, every))
    try:
        yield
    finally:
        pinging.cancel()
        await asyncio.gather(pinging, return_exceptions=True)


async def _ping_for_ever(url: str, is_well: Callable[[], Awaitable[bool]], every: timedelta) -> None:
    while True:
        try:
            if await is_well():
                await _ping(url)
        except DatabaseTrouble:
            pass  # then all is not well
        except Exception as error:  # the watcher may be away as long as it likes
            _log.warning("ping: %s %s", type(error).__name__, error)
        await asyncio.sleep(every.total_seconds())


async def _ping(url: str) -> None:
    import httpcore  # takes a tenth of a second to import, and few need it

    async with httpcore.AsyncConnectionPool() as pool:
        response = await pool.request("GET", url, extensions={"timeout": _TIMEOUTS})
    if response.status >= 400:
        _log.warning("ping: the watcher answers %d", response.status)
