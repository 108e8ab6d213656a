"""Idleness: whether a courier has nothing to do, found out without writing anything."""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Exists, bindparam, exists, not_, or_, select

from service.store.alarm import has_news
from service.store.lanes import LANES
from service.store.ledger import IS_HELD, IS_PLANNED
from service.store.tables import deliveries, holds

__all__ = ["is_idle"]


def _any(*conditions: ColumnElement[bool]) -> Exists:
    return select(deliveries.c.id).where(*conditions).exists()


_PRESENT: Final = bindparam("present", type_=deliveries.c.next_at.type)
_IS_STILL: Final = select(
    not_(
        or_(
            _any(IS_PLANNED, deliveries.c.next_at <= _PRESENT),
            # Each lane by itself, for the databases to look into the index.
            *(_any(IS_PLANNED, deliveries.c.lane == lane, deliveries.c.expires_at <= _PRESENT) for lane in LANES),
            _any(IS_HELD),
            exists(holds.select()),
        )
    )
)


def is_idle(connection: Connection, now: datetime) -> bool:
    """Whether nothing is due or too late at `now`, nobody holds anything, and there is nothing to tell the organiser.

    What others hold may have been left behind, so only a courier at work can tell.
    """
    return bool(connection.execute(_IS_STILL, {"present": now}).scalar_one()) and not has_news(connection)
