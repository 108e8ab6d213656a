"""Claiming: how a process comes to own deliveries for a while, and loses them if it dies.

The owner's token is random per process start. Leases run on the database's own clock, so the clocks of several
machines may differ by any amount.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, exists, select, true, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Float

from service.store.ledger import TO_ORGANISER, Delivery, DeliveryState, Kind, as_delivery, with_address
from service.store.owing import CALLED_OFF, SUPERSEDED
from service.store.participants import State
from service.store.tables import deliveries, participants, sessions

__all__ = ["CLAIM_LEASE", "HANDING_LEASE", "abandoned", "claim", "give_back", "hand_off"]

CLAIM_LEASE: Final = timedelta(minutes=2)
HANDING_LEASE: Final = timedelta(minutes=15)
"""Longer than the ten minutes that a relay may take to answer the final dot (RFC 5321 4.5.3.2.6)."""


class database_clock(GenericFunction[float]):  # noqa: N801 - a function of SQL
    """Epoch seconds on the database's own clock."""

    type = Float()
    inherit_cache = True


@compiles(database_clock, "sqlite")
def _sqlite_clock(*_: Any, **__: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(database_clock, "postgresql")
def _postgresql_clock(*_: Any, **__: Any) -> str:
    return "extract(epoch from clock_timestamp())"


def claim(connection: Connection, owner: str, kinds: Collection[Kind], now: datetime, most: int) -> list[Delivery]:
    """Take up to `most` due deliveries of these kinds, those that expire first; nobody else can take them."""
    due = (
        select(deliveries.c.id)
        .where(
            deliveries.c.state == DeliveryState.PLANNED,
            deliveries.c.next_at <= now,
            deliveries.c.expires_at > now,
            deliveries.c.kind.in_(kinds),
        )
        .order_by(deliveries.c.expires_at, deliveries.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    lease = database_clock() + CLAIM_LEASE.total_seconds()
    taken = connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(select(due.c.id)))
        .values(state=DeliveryState.CLAIMED, owner=owner, leased_until=lease)
        .returning(deliveries.c.id)
    ).scalars()
    query = with_address().where(deliveries.c.id.in_(list(taken))).order_by(deliveries.c.expires_at, deliveries.c.id)
    return [as_delivery(row) for row in connection.execute(query)]


def hand_off(connection: Connection, delivery: Delivery, now: datetime) -> bool:
    """The last check: may this mail still leave? If so it is marked as being handed over, in the same statement.

    False if it is no longer ours, or expired, or no longer wanted; the ledger then says why. Whatever was answered
    before this statement (an unsubscribe, an edit that moved the session) is obeyed.
    """
    mine = and_(
        deliveries.c.id == delivery.id,
        deliveries.c.owner == delivery.owner,
        deliveries.c.state == DeliveryState.CLAIMED,
    )
    won = connection.execute(
        update(deliveries)
        .where(mine, deliveries.c.expires_at > now, _is_wanted(delivery))
        .values(
            state=DeliveryState.HANDING,
            attempts=deliveries.c.attempts + 1,
            leased_until=database_clock() + HANDING_LEASE.total_seconds(),
        )
    ).rowcount
    if not won:
        state, reason = _why_not(connection, delivery, now)
        connection.execute(update(deliveries).where(mine).values(state=state, reason=reason, settled_at=now, owner=""))
    return bool(won)


def give_back(connection: Connection, *, owner: str = "", alone: bool = False, reason: str = "") -> int:
    """Return claimed deliveries to the plan: those of `owner`, else those that were left behind. Always safe.

    `reason` is why they were not sent, if that is known.

    With `alone` the caller is known to be the only process that is alive, so that no lease of another counts.
    """
    claimed = deliveries.c.state == DeliveryState.CLAIMED
    if owner:
        claimed = claimed & (deliveries.c.owner == owner)
    elif not alone:
        claimed = claimed & (deliveries.c.leased_until < database_clock())
    back = {"state": DeliveryState.PLANNED, "owner": "", "leased_until": 0.0} | ({"reason": reason} if reason else {})
    return connection.execute(update(deliveries).where(claimed).values(**back)).rowcount


def abandoned(connection: Connection, *, alone: bool = False) -> list[Delivery]:
    """Deliveries whose owner died while handing them over: nobody knows whether they arrived. `alone` as above."""
    left = with_address().where(deliveries.c.state == DeliveryState.HANDING)
    if not alone:
        left = left.where(deliveries.c.leased_until < database_clock())
    return [as_delivery(row) for row in connection.execute(left)]


def _is_wanted(delivery: Delivery) -> ColumnElement[bool]:
    """Whether the participant still wants this mail and what it says is still so, as a condition in SQL."""
    if delivery.kind in TO_ORGANISER:
        return true()
    awaited = State.PENDING if delivery.kind is Kind.CONFIRMATION else State.CONFIRMED
    wanted: ColumnElement[bool] = exists().where(
        participants.c.id == delivery.participant_id, participants.c.state == awaited
    )
    if delivery.session:
        wanted = wanted & exists().where(
            sessions.c.uid == delivery.session,
            sessions.c.starts_at == delivery.starts_at,
            sessions.c.takes_place == (delivery.kind is not Kind.CANCELLED),
        )
    return wanted


def _why_not(connection: Connection, delivery: Delivery, now: datetime) -> tuple[DeliveryState, str]:
    if delivery.expires_at <= now:
        return DeliveryState.EXPIRED, "it would have come too late"
    state = connection.execute(
        select(participants.c.state).where(participants.c.id == delivery.participant_id)
    ).scalar_one_or_none()
    if state != (State.PENDING if delivery.kind is Kind.CONFIRMATION else State.CONFIRMED):
        return DeliveryState.CANCELLED, state or "erased"
    held = select(sessions.c.takes_place).where(sessions.c.uid == delivery.session)
    takes_place = connection.execute(held).scalar_one_or_none()
    return DeliveryState.CANCELLED, SUPERSEDED if takes_place else CALLED_OFF
