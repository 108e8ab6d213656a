"""Setting aside: what may have been sent already from where this database was copied is not sent again, but listed."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, case, update

from service.store.ledger import OPEN, DeliveryState
from service.store.tables import deliveries

__all__ = ["MAY_BE_SENT", "set_aside"]

MAY_BE_SENT: Final = "in doubt: the database was restored or copied, and may have sent it before"


def set_aside(connection: Connection, now: datetime) -> int:
    """Close everything that is open as uncertain; how many there were."""
    values = {
        "state": DeliveryState.UNCERTAIN,
        "reason": MAY_BE_SENT,
        "doubts": case((deliveries.c.doubts > 0, deliveries.c.doubts), else_=1),
        "owner": "",
        "leased_until": 0.0,
        "settled_at": now,
    }
    return connection.execute(update(deliveries).where(deliveries.c.state.in_(OPEN)).values(**values)).rowcount
