"""Bounces: what came back of our mails, and which addresses therefore get none any more.

One mail that came back because there is no such mailbox is enough: its return address is signed. What only a relay
says, or nobody can put a number on, must be said twice, a day apart. What speaks of us, of a full mailbox or of trouble
on the way is kept for the organiser to see, and is nobody's fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select, update

from service.store.attempts import Happening, keep_standing, remember
from service.store.inserting import insert_into
from service.store.ledger import REASON_LIMIT, Delivery, DeliveryState
from service.store.participants import State, key_of
from service.store.tables import bounces, deliveries, participants
from service.store.withdrawing import withdrawn

__all__ = ["COMPLAINT", "Bounce", "is_about_address", "is_about_us", "is_dead", "list_since", "note_bounce"]

COMPLAINT: Final = "complaint"
"""The status of a mail that its reader called unwanted."""

_NO_MAILBOX: Final = frozenset(("5.1.1", "5.1.3", "5.1.6", "5.1.10"))
# RFC 3463 3.2: the address was right after all, or the sender's is wrong.
_OTHERWISE: Final = frozenset(("5.1.5", "5.1.7", "5.1.8", "5.1.9"))
_APART: Final = timedelta(hours=24)
_REMEMBERED: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail was not delivered `at` that time: the status of RFC 3463 (empty: none is known), and what was said.

    `returned` if the mail was accepted and came back, not if our relay refused it at once.
    """

    at: datetime
    status: str
    said: str
    returned: bool


def is_about_address(status: str) -> bool:
    """Whether a status says that an address does not exist."""
    return status.startswith("5.1.") and status not in _OTHERWISE


def is_about_us(status: str) -> bool:
    """Whether a status speaks of us, the senders: a policy, our reputation, our address."""
    return status.startswith("5.7.") or status in ("5.1.7", "5.1.8")


def is_dead(evidence: Sequence[Bounce]) -> bool:
    """Whether an address of which all this came back within a month gets no more mails."""
    if any(one.returned and one.status in _NO_MAILBOX for one in evidence):
        return True
    times = [one.at for one in evidence if is_about_address(one.status)]
    return bool(times) and max(times) - min(times) >= _APART


def note_bounce(connection: Connection, delivery: Delivery, bounce: Bounce) -> bool:
    """Write down what became of a delivery, and leave its address alone from now on if that is due; whether it is.

    Idempotent. A mail that was sent stays sent: its reason tells that it came back.
    """
    told = f"came back: {bounce.status} {bounce.said}" if bounce.status else f"came back: {bounce.said}"
    if bounce.returned and bounce.status != COMPLAINT:
        _mark(connection, delivery, told[:REASON_LIMIT].rstrip(), bounce.at)
    if not delivery.address:  # the organiser's, or erased
        return False
    row = {"participant_id": delivery.participant_id, "delivery_id": delivery.id, "at": bounce.at}
    row |= {"status": bounce.status, "text": bounce.said, "returned": bounce.returned}
    once = insert_into(connection, bounces).values(**row)
    connection.execute(once.on_conflict_do_nothing(index_elements=("delivery_id", "status", "returned")))
    if not is_dead(_recall(connection, delivery.address, bounce.at)):
        return False
    _suppress(connection, delivery.address, f"the address does not exist: {bounce.status}", bounce.at)
    return True


def list_since(connection: Connection, since: datetime) -> list[Bounce]:
    """All that came back since then, in the order it did."""
    query = select(bounces).where(bounces.c.at >= since).order_by(bounces.c.at, bounces.c.id)
    return [Bounce(row.at, row.status, row.text, row.returned) for row in connection.execute(query)]


def _mark(connection: Connection, delivery: Delivery, reason: str, at: datetime) -> None:
    """Let a mail that has left tell that it came back, once."""
    left = deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.UNCERTAIN))
    news = (deliveries.c.id == delivery.id) & left & (deliveries.c.reason != reason)
    keep_standing(connection, news)
    if connection.execute(update(deliveries).where(news).values(reason=reason)).rowcount:
        remember(connection, [(delivery, Happening(delivery.state, reason))], at)


def _recall(connection: Connection, address: str, now: datetime) -> list[Bounce]:
    """What came back of an address lately, whichever series it was about."""
    query = (
        select(bounces)
        .join(participants, participants.c.id == bounces.c.participant_id)
        .where(participants.c.address_key == key_of(address), bounces.c.at > now - _REMEMBERED)
    )
    return [Bounce(row.at, row.status, row.text, row.returned) for row in connection.execute(query)]


def _suppress(connection: Connection, address: str, reason: str, now: datetime) -> None:
    """Send nothing more to an address, of whatever series. Who has unsubscribed stays so."""
    theirs = participants.c.address_key == key_of(address)
    asks = participants.c.state.in_((State.CONFIRMED, State.PENDING))
    change = update(participants).where(theirs, asks)
    connection.execute(change.values(state=State.SUPPRESSED, left_at=now))
    planned = deliveries.c.participant_id.in_(select(participants.c.id).where(theirs))
    open_ones = update(deliveries).where(planned, deliveries.c.state == DeliveryState.PLANNED)
    connection.execute(open_ones.values(**withdrawn(reason, now)))
