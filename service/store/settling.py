"""Settling: how a delivery's outcome enters the ledger."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, update

from service.store.ledger import OPEN, Delivery, DeliveryState
from service.store.tables import deliveries

__all__ = ["Settlement", "expire", "settle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What becomes of a delivery after an attempt. `next_at` is when it is tried again, if its state is planned."""

    state: DeliveryState
    reason: str
    next_at: datetime | None = None
    doubt: bool = False
    burnt: bool = True


def settle(connection: Connection, delivery: Delivery, settlement: Settlement, now: datetime) -> bool:
    """Enter the outcome of a delivery; False if its owner holds it no longer, and nothing was changed.

    An attempt that does not count (`burnt` is false) is taken back.
    """
    held = (DeliveryState.CLAIMED, DeliveryState.HANDING)
    is_open = settlement.state in OPEN
    values = {
        "state": settlement.state,
        "reason": settlement.reason,
        "owner": "",
        "leased_until": 0.0,
        "settled_at": None if is_open else now,
        "doubts": deliveries.c.doubts + int(settlement.doubt),
    }
    if settlement.next_at is not None:
        values["next_at"] = settlement.next_at
    if not settlement.burnt:
        handed = deliveries.c.state == DeliveryState.HANDING
        values["attempts"] = case((handed, deliveries.c.attempts - 1), else_=deliveries.c.attempts)
    mine = (deliveries.c.id == delivery.id) & (deliveries.c.owner == delivery.owner) & deliveries.c.state.in_(held)
    return bool(connection.execute(update(deliveries).where(mine).values(**values)).rowcount)


def expire(connection: Connection, now: datetime) -> int:
    """Close what would come too late. What was in doubt stays uncertain for good: it may have arrived."""
    late = (deliveries.c.state == DeliveryState.PLANNED) & (deliveries.c.expires_at <= now)
    values = {
        "state": case((deliveries.c.doubts > 0, DeliveryState.UNCERTAIN), else_=DeliveryState.EXPIRED),
        "reason": case((deliveries.c.doubts > 0, deliveries.c.reason), else_="it would have come too late"),
        "settled_at": now,
    }
    return connection.execute(update(deliveries).where(late).values(**values)).rowcount
