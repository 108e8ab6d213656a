"""Sharing: several processes serve the same series; each source is asked by one of them at a time."""

import asyncio
import secrets
from collections.abc import Collection, Mapping
from functools import partial
from typing import Final

from service.store.database import Database
from service.store.editions import Edition, list_editions
from service.store.leases import LEASE, acquire, release

__all__ = ["Sharing"]

_RENEW: Final = LEASE.total_seconds() / 3


class Sharing:
    """This process's part in the series. Its name is random, so that no two are ever taken for one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._owner: Final = secrets.token_hex(16)
        self._mine: set[str] = set()
        self._renew_at = 0.0

    async def list_editions(self) -> Mapping[str, Edition]:
        """What is published of each series now, whoever kept it. Raises `DatabaseTrouble`."""
        return await self._database.read(list_editions)

    async def choose(self, slugs: Collection[str]) -> set[str]:
        """Those series whose sources are this process's to ask. Raises `DatabaseTrouble`."""
        present = asyncio.get_running_loop().time()
        if present >= self._renew_at:
            self._mine = set()
            names = [f"source:{slug}" for slug in slugs]
            held = await self._database.write(partial(acquire, names=names, owner=self._owner))
            self._mine = {name.removeprefix("source:") for name in held}
            self._renew_at = present + _RENEW
        return self._mine

    async def leave(self) -> None:
        """Let others ask at once. Raises `DatabaseTrouble`."""
        self._mine = set()
        await self._database.write(partial(release, owner=self._owner))
