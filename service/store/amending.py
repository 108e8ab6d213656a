"""Amending: a person's hand on the ledger. A mail is tried once more, or closed with a word on what became of it."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, update

from service.remediable import Remediable
from service.reminders.occasion import LAST_CALL
from service.store.attempts import Happening, remember
from service.store.lanes import lane_of, try_now
from service.store.ledger import REASON_LIMIT, Delivery, DeliveryState, Kind, find
from service.store.tables import deliveries

__all__ = ["RETRIED", "SETTLED_BY_HAND", "NotAmendable", "could_retry", "retry", "settle_by_hand"]

SETTLED_BY_HAND: Final = (DeliveryState.SENT, DeliveryState.FAILED)
"""How a person can close a delivery: it did arrive after all, or it will not."""

RETRIED: Final = (DeliveryState.FAILED, DeliveryState.PARKED, DeliveryState.UNCERTAIN, DeliveryState.EXPIRED)
"""In which states a person can have a delivery tried again."""

_CLOSED: Final = (*RETRIED, DeliveryState.PLANNED)


class NotAmendable(Remediable):
    """The delivery is not there, or in a state in which no hand may be laid on it."""


def could_retry(delivery: Delivery, now: datetime) -> bool:
    """Whether it can be tried once more by hand, and would still be of use."""
    return _why_no_retry(delivery, now) == ""


def retry(connection: Connection, delivery_id: int, now: datetime) -> Delivery:
    """Plan a delivery anew that failed, was parked, expired or is uncertain: it is sent as soon as mails leave.

    Returns it as it was. If it is uncertain it may have arrived, and so arrive once more. A reminder may leave until
    two minutes before its session begins. Whether it is still wanted is checked when it leaves, as always. Raises
    `NotAmendable`.
    """
    delivery = _find(connection, delivery_id)
    if why := _why_no_retry(delivery, now):
        raise NotAmendable(f"delivery {delivery_id} cannot be tried again: {why}")
    values = {
        "state": DeliveryState.PLANNED,
        "reason": f"retried by hand; it was {delivery.state}: {delivery.reason}"[:REASON_LIMIT],
        "next_at": now,
        "expires_at": _last_moment(delivery),
        "settled_at": None,
    }
    _amend(connection, delivery, values, now)
    try_now(connection, lane_of(delivery.kind), now)
    return delivery


def settle_by_hand(
    connection: Connection, delivery_id: int, state: DeliveryState, because: str, now: datetime
) -> Delivery:
    """Close a delivery as `sent` or `failed`, `because` somebody knows what became of it; returns it as it was.

    Raises `NotAmendable`.
    """
    delivery = _find(connection, delivery_id)
    if state not in SETTLED_BY_HAND:
        raise NotAmendable("a delivery is closed by hand as sent or as failed")
    if delivery.state not in _CLOSED:
        raise NotAmendable(f"delivery {delivery_id} cannot be closed by hand: {_standing(delivery)}")
    reason = f"closed by hand: {because}"[:REASON_LIMIT]
    _amend(connection, delivery, {"state": state, "reason": reason, "settled_at": now}, now)
    return delivery


def _find(connection: Connection, delivery_id: int) -> Delivery:
    if delivery := find(connection, delivery_id):
        return delivery
    raise NotAmendable(f"there is no delivery {delivery_id}; `studybell deliveries list` shows what there is")


def _amend(connection: Connection, delivery: Delivery, values: dict[str, Any], now: datetime) -> None:
    """Write, unless the delivery has changed since it was read."""
    as_read = (deliveries.c.id == delivery.id) & (deliveries.c.state == delivery.state)
    if not connection.execute(update(deliveries).where(as_read).values(**values)).rowcount:
        raise NotAmendable(f"delivery {delivery.id} has changed this very moment; look at it again")
    remember(connection, [(delivery, Happening(values["state"], values["reason"]))], now)


def _why_no_retry(delivery: Delivery, now: datetime) -> str:
    if delivery.state not in RETRIED:
        return _standing(delivery)
    if _last_moment(delivery) <= now:
        return "its session has begun, or is about to" if delivery.session else "it would come too late"
    return ""


def _last_moment(delivery: Delivery) -> datetime:
    """Until when a person may have it sent. A reminder is of use even after the next one was due."""
    is_reminder = delivery.kind in (Kind.REMINDER, Kind.SPEAKER)
    return max(delivery.expires_at, delivery.starts_at - LAST_CALL) if is_reminder else delivery.expires_at


def _standing(delivery: Delivery) -> str:
    match delivery.state:
        case DeliveryState.SENT:
            return "it was sent"
        case DeliveryState.CANCELLED:
            return f"it is not wanted any more ({delivery.reason})"
        case DeliveryState.PLANNED:
            return f"it is waiting and will be sent after {delivery.next_at:%Y-%m-%d %H:%M} UTC"
        case _:
            return "it is on its way this very moment"
