"""Flooding: the organiser is told once a day at most that the form turns many visitors away."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from service.store.database import Database
from service.store.flooding import measure, owe_flood

__all__ = ["FloodWatch"]

_PAUSE: Final = timedelta(minutes=10)


class FloodWatch:
    """Looks now and then how many were turned away. It may be asked at any time, and anywhere."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looked_at: datetime | None = None

    async def plan(self, now: datetime) -> int:
        """Owe the organiser the news, if it is one; whether it is new. Raises `DatabaseTrouble`."""
        if self._looked_at and self._looked_at <= now < self._looked_at + _PAUSE:
            return 0
        flood = await self._database.read(partial(measure, now=now))
        owed = await self._database.write(partial(owe_flood, flood=flood, now=now)) if flood.is_news else 0
        self._looked_at = now
        return owed

    def next_turn(self, now: datetime) -> datetime | None:
        """No instant is known beforehand: it is looked again when the worker wakes anyway."""
        return None
