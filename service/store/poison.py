"""Poison: a mail whose writing ends the process, time and again, is set aside, so that the others go on."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, update

from service.store.attempts import Happening, remember
from service.store.ledger import DeliveryState, find
from service.store.tables import deliveries

__all__ = ["count_death"]

_MOST: Final = 3


def count_death(connection: Connection, delivery_id: int, owner: str, now: datetime) -> None:
    """The process `owner` ended while it was writing this mail. The third time it is parked."""
    was_written = (
        (deliveries.c.id == delivery_id) & (deliveries.c.owner == owner) & (deliveries.c.state == DeliveryState.CLAIMED)
    )
    if not connection.execute(update(deliveries).where(was_written).values(deaths=deliveries.c.deaths + 1)).rowcount:
        return
    if delivery := find(connection, delivery_id):
        ended = Happening(DeliveryState.PLANNED, "studybell ended while it was writing this mail")
        remember(connection, [(delivery, ended)], now)
    parked = {"state": DeliveryState.PARKED, "owner": "", "leased_until": 0.0, "settled_at": now}
    reason = f"studybell ended {_MOST} times while it was writing this mail"
    connection.execute(
        update(deliveries).where(was_written, deliveries.c.deaths >= _MOST).values(**parked, reason=reason)
    )
