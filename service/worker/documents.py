"""Documents: all series of this service, each followed by its refresher, whoever is slow or broken."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from service.store.database import DatabaseTrouble
from service.store.revisions import Stored
from service.worker.glancing import Glance
from service.worker.refreshing import Refresher
from service.worker.sharing import Sharing

__all__ = ["Documents"]

_log: Final = logging.getLogger(__name__)
_PATIENCE: Final = timedelta(seconds=1)
"""How long a look waits for documents. What takes longer goes on meanwhile, and holds up nobody's mail."""
_AT_ONCE: Final = 20


class Documents:
    """The refreshers of all series. `sharing` is None if no other process can serve the same ones."""

    def __init__(self, refreshers: Sequence[Refresher], sharing: Sharing | None = None) -> None:
        self._refreshers = refreshers
        self._sharing = sharing
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._glance = Glance()

    async def open(self, kept: Mapping[str, Stored], *, read: bool = True) -> None:
        """Publish what was `kept`; with `read`, also what the documents say of which nothing was.

        What the others say is published soon after, when somebody looks. Raises `DatabaseTrouble`.
        """
        for refresher in self._refreshers:
            if stored := kept.get(refresher.slug):
                refresher.resume(stored)
        if read:
            new = [refresher for refresher in await self._ours() if refresher.edition is None]
            await asyncio.gather(*(refresher.refresh() for refresher in new))

    async def refresh(self) -> None:
        """Look at every document that is ours to look at, and wait for all of them. Raises `DatabaseTrouble`."""
        await asyncio.gather(*(refresher.refresh() for refresher in await self._ours()))

    async def follow(self) -> bool:
        """Publish what other processes have kept; whether there was any. Raises `DatabaseTrouble`."""
        if self._sharing is None:
            return False
        kept = await self._sharing.list_editions()
        behind = [
            one for one in self._refreshers if one.slug not in self._looking and kept.get(one.slug) != one.edition
        ]
        for refresher in behind:
            await refresher.restore()
        return bool(behind)

    async def look(self, wake: Callable[[], None]) -> None:
        """Refresh every series that may have changed and is not being refreshed still; who is slow is not waited for.

        `wake` is called when one that was slow has changed after all.
        """
        self._looking = {slug: task for slug, task in self._looking.items() if not task.done()}
        try:
            await self.follow()
            idle = [refresher for refresher in await self._ours() if refresher.slug not in self._looking]
        except DatabaseTrouble as trouble:
            _log.error("wait %s", trouble)
            return
        started: dict[str, asyncio.Task[None]] = {}
        for place, refresher in enumerate(await self._glance.find_restless(idle, _PATIENCE), 1):
            started[refresher.slug] = asyncio.create_task(_look(refresher, wake))
            if place % _AT_ONCE == 0:  # a thousand in one go would keep requests waiting
                await asyncio.sleep(0)
        self._looking |= started
        if started:
            await asyncio.wait(started.values(), timeout=_PATIENCE.total_seconds())

    async def close(self) -> None:
        """Stop looking, and leave the sources to others."""
        self._glance.close()
        for task in self._looking.values():
            task.cancel()
        await asyncio.gather(*self._looking.values(), return_exceptions=True)
        if self._sharing:
            with suppress(DatabaseTrouble):  # then the leases run out
                await self._sharing.leave()

    async def _ours(self) -> Sequence[Refresher]:
        if self._sharing is None:
            return self._refreshers
        ours = await self._sharing.choose([refresher.slug for refresher in self._refreshers])
        return [refresher for refresher in self._refreshers if refresher.slug in ours]


async def _look(refresher: Refresher, wake: Callable[[], None]) -> None:
    try:
        if await refresher.refresh():
            wake()
    except DatabaseTrouble as trouble:
        _log.error("wait series=%s %s", refresher.slug, trouble)
    except Exception:  # one series that cannot be read must not keep the others from being so
        _log.exception("refresh series=%s", refresher.slug)
