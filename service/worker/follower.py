"""The follower: what a process does that serves feeds and pages only, while others read, plan and send."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from service.store.database import DatabaseTrouble
from service.worker.documents import Documents
from service.worker.lookout import Lookout
from service.worker.timer import TICK

__all__ = ["Follower"]

_log: Final = logging.getLogger(__name__)


class Follower:
    """Publishes what other processes keep, a few seconds later."""

    def __init__(self, documents: Documents, lookout: Lookout) -> None:
        self._documents = documents
        self._lookout = lookout

    def wake(self) -> None:
        """There is something new in the ledger: somebody else looks there every few seconds."""

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until `stop` is set."""
        while not stop.is_set():
            await self.do_once()
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK.total_seconds()):
                    await stop.wait()

    async def do_once(self) -> int:
        """Follow once; how many mails were taken up, which is always none."""
        try:
            await self._lookout.look()
            await self._documents.follow()
        except DatabaseTrouble as trouble:
            _log.error("wait %s", trouble)
        return 0
