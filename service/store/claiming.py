"""Claiming: how a process comes to own deliveries for a while, and loses them if it dies.

The owner's token is random per process start. Leases run on the database's own clock, so the clocks of several
machines may differ by any amount.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from service.store.batch import in_batch
from service.store.database_clock import database_clock
from service.store.lanes import Lane
from service.store.ledger import (
    IS_HELD,
    IS_PLANNED,
    Delivery,
    DeliveryState,
    as_delivery,
    with_address,
)
from service.store.tables import deliveries, participants, sessions
from service.store.threads import find_threads
from service.store.wanting import IS_WANTED, why_not

__all__ = ["CLAIM_LEASE", "HANDING_LEASE", "abandoned", "claim", "give_back", "hand_off", "put_back"]

CLAIM_LEASE: Final = timedelta(minutes=2)
HANDING_LEASE: Final = timedelta(minutes=15)
"""Longer than the ten minutes that a relay may take to answer the final dot (RFC 5321 4.5.3.2.6)."""


_PLANNED_AGAIN: Final[Mapping[str, Any]] = {"state": DeliveryState.PLANNED, "owner": "", "leased_until": 0.0}


# What is asked for every mail is put together once: for the toolkit that is more work than for the database.
_BATCH: Final = in_batch(deliveries.c.id)
_DUE: Final = (
    select(deliveries.c.id)
    .where(
        IS_PLANNED,
        deliveries.c.lane == bindparam("wanted_lane"),
        deliveries.c.next_at <= bindparam("present"),
        deliveries.c.expires_at > bindparam("present"),
    )
    .order_by(deliveries.c.expires_at, deliveries.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM: Final = (
    update(deliveries)
    .where(deliveries.c.id.in_(select(_DUE.c.id)))
    .values(
        state=DeliveryState.CLAIMED,
        owner=bindparam("claimer"),
        leased_until=database_clock() + CLAIM_LEASE.total_seconds(),
    )
    .returning(deliveries.c.id)
)
_CLAIMED: Final = with_address().where(_BATCH).order_by(deliveries.c.expires_at, deliveries.c.id)
_HAND_OFF: Final = (
    update(deliveries)
    .where(
        _BATCH,
        deliveries.c.owner == bindparam("holder"),
        deliveries.c.state == DeliveryState.CLAIMED,
        deliveries.c.expires_at > bindparam("present"),
        IS_WANTED,
    )
    .values(
        state=DeliveryState.HANDING,
        attempts=deliveries.c.attempts + 1,
        leased_until=database_clock() + HANDING_LEASE.total_seconds(),
    )
    .returning(deliveries.c.id)
)

_HOLD_PEOPLE: Final = (
    select(participants.c.id).where(in_batch(participants.c.id)).order_by(participants.c.id).with_for_update(read=True)
)
_HOLD_SESSIONS: Final = (
    select(sessions.c.uid).where(in_batch(sessions.c.uid)).order_by(sessions.c.uid).with_for_update(read=True)
)


def claim(connection: Connection, owner: str, lane: Lane, now: datetime, most: int) -> list[Delivery]:
    """Take up to `most` due deliveries of a lane, those that expire first; nobody else can take them."""
    wanted = {"wanted_lane": lane, "present": now, "most": most, "claimer": owner}
    taken = list(connection.execute(_CLAIM, wanted).scalars())
    if not taken:
        return []
    threads = find_threads(connection, taken)
    return [as_delivery(row, threads.get(row.id, "")) for row in connection.execute(_CLAIMED, {"batch": taken})]


def hand_off(connection: Connection, owner: str, batch: Sequence[Delivery], now: datetime) -> set[int]:
    """The last check: which of these mails may still leave? They are marked as being handed over; their ids.

    The others are no longer the owner's, or expired, or no longer wanted; the ledger then says why. Whatever was
    answered before this is committed (an unsubscribe, an edit that moved the session) is obeyed.
    """
    if not batch:
        return set()
    _hold_still(connection, batch)
    wanting = {"batch": [delivery.id for delivery in batch], "holder": owner, "present": now}
    won = set(connection.execute(_HAND_OFF, wanting).scalars())
    for delivery in batch:
        if delivery.id not in won:
            _withdraw(connection, owner, delivery, now)
    return won


def give_back(connection: Connection, *, owner: str = "", alone: bool = False, reason: str = "") -> int:
    """Return claimed deliveries to the plan: those of `owner`, else those that were left behind. Always safe.

    `reason` is why they were not sent, if that is known.

    With `alone` the caller is known to be the only process that is alive, so that no lease of another counts.
    """
    claimed = IS_HELD & (deliveries.c.state == DeliveryState.CLAIMED)
    if owner:
        claimed = claimed & (deliveries.c.owner == owner)
    elif not alone:
        claimed = claimed & (deliveries.c.leased_until < database_clock())
    back = {**_PLANNED_AGAIN} | ({"reason": reason} if reason else {})
    return connection.execute(update(deliveries).where(claimed).values(**back)).rowcount


def put_back(connection: Connection, owner: str, batch: Sequence[Delivery]) -> None:
    """Return just these to the plan, as far as `owner` has claimed them still."""
    if batch:
        claimed = (deliveries.c.owner == owner) & (deliveries.c.state == DeliveryState.CLAIMED)
        these = deliveries.c.id.in_([delivery.id for delivery in batch])
        connection.execute(update(deliveries).where(these, claimed).values(**_PLANNED_AGAIN))


def abandoned(connection: Connection, *, alone: bool = False) -> list[Delivery]:
    """Deliveries whose owner died while handing them over: nobody knows whether they arrived. `alone` as above."""
    left = with_address().where(IS_HELD, deliveries.c.state == DeliveryState.HANDING)
    if not alone:
        left = left.where(deliveries.c.leased_until < database_clock())
    return [as_delivery(row) for row in connection.execute(left)]


def _hold_still(connection: Connection, batch: Sequence[Delivery]) -> None:
    """Let nobody leave, and no session move, between the last check and its commit.

    SQLite has one writer at a time anyway. Elsewhere a writer that was quicker is waited for, and then obeyed.
    """
    if connection.dialect.name == "sqlite":
        return
    connection.execute(_HOLD_PEOPLE, {"batch": list({delivery.participant_id for delivery in batch})})
    connection.execute(_HOLD_SESSIONS, {"batch": list({delivery.session for delivery in batch})})


def _withdraw(connection: Connection, owner: str, delivery: Delivery, now: datetime) -> None:
    state, reason = why_not(connection, delivery, now)
    mine = (deliveries.c.owner == owner) & (deliveries.c.state == DeliveryState.CLAIMED)
    lost = update(deliveries).where(deliveries.c.id == delivery.id, mine)
    connection.execute(lost.values(state=state, reason=reason, settled_at=now, owner=""))
