"""Withdrawing: what is planned and not wanted any more is taken back, with the reason."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, case, update

from service.store.ledger import IS_PLANNED, DeliveryState
from service.store.tables import deliveries

__all__ = [
    "CALLED_OFF",
    "IS_REVIVABLE",
    "NO_DIGEST",
    "PAUSED",
    "SUPERSEDED",
    "UNINVITED",
    "call_off",
    "withdrawn",
]

SUPERSEDED: Final = "the schedule changed"
CALLED_OFF: Final = "the session was called off"
PAUSED: Final = "paused"
UNINVITED: Final = "no invitations are wanted"
NO_DIGEST: Final = "no weekly summary is wanted"

IS_REVIVABLE: Final = and_(
    deliveries.c.state == DeliveryState.CANCELLED, deliveries.c.reason.in_((SUPERSEDED, CALLED_OFF, UNINVITED))
)
"""Whether a delivery was taken back for a reason that may pass: then it can be owed again."""


def call_off(connection: Connection, session: str, reason: str, now: datetime) -> None:
    """Take back what is planned for a session and not on its way yet; what was in doubt stays uncertain."""
    planned = (deliveries.c.session == session) & IS_PLANNED
    connection.execute(update(deliveries).where(planned).values(**withdrawn(reason, now)))


def withdrawn(reason: str, now: datetime) -> dict[str, Any]:
    """What becomes of a planned delivery that is not wanted any more. If it was in doubt it may have arrived."""
    in_doubt = deliveries.c.doubts > 0
    return {
        "state": case((in_doubt, DeliveryState.UNCERTAIN), else_=DeliveryState.CANCELLED),
        "reason": case((in_doubt, deliveries.c.reason), else_=reason),
        "settled_at": now,
    }
