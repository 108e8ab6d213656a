"""Attempts: what happened to a delivery that was not simply sent, in the order it happened.

A row of the ledger tells how a delivery stands; here is how it came to that. Of a mail that the relay takes at once
nothing is written here, so that it costs nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Text,
    bindparam,
    case,
    delete,
    exists,
    literal,
    literal_column,
    or_,
    select,
)

from service.store.inserting import insert_into
from service.store.ledger import REASON_LIMIT, Delivery, DeliveryState
from service.store.tables import Instant, attempts, deliveries, participants

__all__ = ["Attempt", "Happening", "forget", "keep_standing", "recall", "remember", "remember_given_back"]

_COLUMNS: Final = ("delivery_id", "number", "state", "reason", "at", "last_at", "times")


@dataclass(frozen=True, slots=True)
class Happening:
    """What became of a delivery, and why. It `counts` if the relay has said something to this very mail."""

    state: DeliveryState
    reason: str
    counts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of a delivery `at` that instant, and in the same way again, so many `times` until `last_at`."""

    at: datetime
    last_at: datetime
    times: int
    state: DeliveryState
    reason: str


def remember(connection: Connection, happened: Iterable[tuple[Delivery, Happening]], at: datetime) -> None:
    """Note what happened `at` that instant to deliveries that are still held by whoever held them when they were read.

    Noting it once more changes nothing. What happens again, without being an attempt that counts, is only counted: a
    relay that is away for a day does not fill the disk.
    """
    rows = [
        {
            "whose": delivery.id,
            "holder": delivery.owner,
            "counted": int(one.counts),
            "became": one.state,
            "why": one.reason[:REASON_LIMIT],
            "moment": at,
        }
        for delivery, one in sorted(happened, key=lambda pair: pair[0].id)
    ]
    if rows:
        _insert(connection, _HAPPENED, rows)


def remember_given_back(connection: Connection, owner: str, reason: str, at: datetime) -> None:
    """Note that what `owner` has claimed goes back to the plan for this reason."""
    claimed = (deliveries.c.owner == owner) & (deliveries.c.state == DeliveryState.CLAIMED)
    why = literal(f"given back: {reason}"[:REASON_LIMIT], Text())
    state, moment = literal(DeliveryState.PLANNED, String()), literal(at, Instant())
    _insert(connection, _tell(deliveries.c.attempts, state, why, moment).where(claimed))


def keep_standing(connection: Connection, which: ColumnElement[bool]) -> None:
    """Keep how deliveries that are over stand in the ledger, for the reason there is about to change."""
    stands = _tell(deliveries.c.attempts, deliveries.c.state, deliveries.c.reason, deliveries.c.settled_at)
    _insert(connection, stands.where(which, deliveries.c.settled_at.is_not(None)))


def recall(connection: Connection, delivery_id: int) -> list[Attempt]:
    """What happened to a delivery; nothing if it was sent at once, or nobody has tried yet."""
    query = select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.at, attempts.c.id)
    return [
        Attempt(at=row.at, last_at=row.last_at, times=row.times, state=DeliveryState(row.state), reason=row.reason)
        for row in connection.execute(query)
    ]


def forget(connection: Connection, whose: Select[Any]) -> None:
    """Forget what happened to the deliveries whose numbers this query finds."""
    connection.execute(delete(attempts).where(attempts.c.delivery_id.in_(whose)))


# Of the erased nothing is kept: what a relay says to a mail that was under way then may name its recipient.
_IS_SOMEBODYS: Final = or_(
    deliveries.c.participant_id == literal_column("0"),  # the organiser's
    exists().where(participants.c.id == deliveries.c.participant_id),
)


def _tell(
    number: ColumnElement[Any], state: ColumnElement[Any], reason: ColumnElement[Any], at: ColumnElement[Any]
) -> Select[Any]:
    return select(deliveries.c.id, number, state, reason, at, at, literal(1)).where(_IS_SOMEBODYS)


# The hand-off has counted the attempt already.
_NUMBER: Final = (
    deliveries.c.attempts + bindparam("counted") - case((deliveries.c.state == DeliveryState.HANDING, 1), else_=0)
)
_HAPPENED: Final = _tell(
    _NUMBER,
    bindparam("became", type_=String()),
    bindparam("why", type_=Text()),
    bindparam("moment", type_=Instant()),
).where(deliveries.c.id == bindparam("whose"), deliveries.c.owner == bindparam("holder"))


def _insert(connection: Connection, told: Select[Any], rows: list[dict[str, Any]] | None = None) -> None:
    new = insert_into(connection, attempts).from_select(_COLUMNS, told)
    again = {"times": attempts.c.times + 1, "last_at": new.excluded.last_at}
    later = attempts.c.last_at < new.excluded.last_at
    same = ("delivery_id", "number", "state", "reason")
    connection.execute(new.on_conflict_do_update(index_elements=same, set_=again, where=later), rows)
