"""The housekeeper: forgets once an hour what nobody needs any more."""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from service.store.database import Database
from service.store.housekeeping import tidy

__all__ = ["Housekeeper"]

_log: Final = logging.getLogger(__name__)
_PAUSE: Final = timedelta(hours=1)


class Housekeeper:
    """Tidies up when asked to, but not again within the hour."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tidied_at: datetime | None = None

    async def tidy(self, now: datetime) -> None:
        """Forget what is to be forgotten at `now`. Raises `DatabaseTrouble`."""
        if self._tidied_at and self._tidied_at <= now < self._tidied_at + _PAUSE:
            return
        forgotten = await self._database.write(partial(tidy, now=now))
        self._tidied_at = now
        if forgotten:
            _log.info("forgot addresses=%d that were never confirmed", forgotten)
