"""Settling: how a delivery's outcome enters the ledger."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Integer, bindparam, case, func, literal_column, or_, update

from service.store.attempts import Happening, remember
from service.store.batch import in_batch, told_by_key
from service.store.bounces import Bounce, is_about_address, note_bounce
from service.store.ledger import IS_PLANNED, OPEN, Delivery, DeliveryState
from service.store.tables import deliveries

__all__ = ["Settlement", "expire", "settle"]


class Settlement(NamedTuple):
    """What becomes of a delivery after an attempt. `next_at` is when it is tried again, if its state is planned.

    `refused` is the status (RFC 3463) with which the relay refused it for good.
    """

    state: DeliveryState
    reason: str
    next_at: datetime | None = None
    doubt: bool = False
    burnt: bool = True
    refused: str = ""


_HANDING: Final = deliveries.c.state == literal_column(f"'{DeliveryState.HANDING}'")
_SETTLE: Final = (
    update(deliveries)
    .where(
        in_batch(deliveries.c.id),
        deliveries.c.owner == bindparam("holder"),
        or_(_HANDING, deliveries.c.state == literal_column(f"'{DeliveryState.CLAIMED}'")),
    )
    .values(
        state=bindparam("becomes"),
        reason=told_by_key(deliveries.c.id, "reasons"),
        owner=literal_column("''"),
        leased_until=literal_column("0.0"),
        settled_at=bindparam("over_at"),
        next_at=func.coalesce(bindparam("again_at", type_=deliveries.c.next_at.type), deliveries.c.next_at),
        doubts=deliveries.c.doubts + bindparam("doubted"),
        # The hand-off has counted the attempt already; what ended before it is counted here.
        attempts=deliveries.c.attempts
        + bindparam("burnt", type_=Integer)
        - case((_HANDING, literal_column("1")), else_=literal_column("0")),
    )
)


def settle(connection: Connection, settled: Sequence[tuple[Delivery, Settlement]], now: datetime) -> int:
    """Enter what became of these deliveries; how many. One whose owner holds it no longer is left as it is.

    An attempt that does not count (`burnt` is false) is taken back, one that ended before the hand-off is counted.
    """
    if unsent := [pair for pair in settled if pair[1].state is not DeliveryState.SENT]:
        remember(connection, [(each, Happening(one.state, one.reason, one.burnt)) for each, one in unsent], now)
    alike: defaultdict[tuple[Any, ...], dict[int, str]] = defaultdict(dict)
    for delivery, one in settled:
        alike[delivery.owner, one.state, one.next_at, one.doubt, one.burnt][delivery.id] = one.reason
    count = 0
    for (owner, state, next_at, doubt, burnt), reasons in alike.items():
        change = {"holder": owner, "becomes": state, "again_at": next_at, "doubted": int(doubt), "burnt": int(burnt)}
        change |= {"over_at": None if state in OPEN else now, "batch": list(reasons), "reasons": reasons}
        count += connection.execute(_SETTLE, change).rowcount
    for delivery, settlement in settled:
        if is_about_address(settlement.refused):
            note_bounce(connection, delivery, Bounce(now, settlement.refused, settlement.reason, returned=False))
    return count


def expire(connection: Connection, now: datetime) -> int:
    """Close what would come too late. What was in doubt stays uncertain for good: it may have arrived."""
    late = IS_PLANNED & (deliveries.c.expires_at <= now)
    values = {
        "state": case((deliveries.c.doubts > 0, DeliveryState.UNCERTAIN), else_=DeliveryState.EXPIRED),
        "reason": case((deliveries.c.doubts > 0, deliveries.c.reason), else_="it would have come too late"),
        "settled_at": now,
    }
    return connection.execute(update(deliveries).where(late).values(**values)).rowcount
