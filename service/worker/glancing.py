"""Glancing: which of many documents may have changed, found in one go; only those are looked at one by one."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from service.worker.refreshing import Refresher

__all__ = ["Glance"]


class Glance:
    """A glance over the documents of many series, one at a time, in a thread: files on a network may not answer."""

    def __init__(self) -> None:
        self._glancing: asyncio.Task[list[Refresher]] | None = None

    async def find_restless(self, refreshers: Sequence[Refresher], patience: timedelta) -> Sequence[Refresher]:
        """Those that have something to do. All of them, as long as a document keeps the glance from coming to its end:
        then each is waited for alone.
        """
        if self._glancing is None or self._glancing.done():
            self._glancing = asyncio.create_task(asyncio.to_thread(_find_restless, refreshers))
            await asyncio.wait((self._glancing,), timeout=patience.total_seconds())
            if self._glancing.done():
                return self._glancing.result()
        return refreshers

    def close(self) -> None:
        """Wait for nobody any more."""
        if self._glancing:
            self._glancing.cancel()


def _find_restless(refreshers: Sequence[Refresher]) -> list[Refresher]:
    return [refresher for refresher in refreshers if not refresher.is_at_rest()]
