"""The census of the ledger: whether every mail that was ever planned is still accounted for, in a shape that can be.

The states' counts always add up to what ever entered the ledger. The database counts that itself (see the table
`entries`), so whoever enters, moves or settles rows cannot keep the books right by a mistake.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, null, or_, select, union_all

from service.store.ledger import OPEN, DeliveryState, Kind
from service.store.participants import State
from service.store.tables import deliveries, entries, participants

__all__ = ["Census", "Stock", "take_census", "take_stock"]


@dataclass(frozen=True, slots=True)
class Stock:
    """What `entered` the ledger ever, and how many deliveries stand in each of the `states`."""

    entered: int
    states: Mapping[DeliveryState, int]

    @property
    def missing(self) -> int:
        """How many deliveries are not accounted for; below zero, how many appeared from nowhere."""
        return self.entered - sum(self.states.values())


@dataclass(frozen=True, slots=True)
class Census:
    """The stock, and everything about the rows that cannot be, a sentence each."""

    stock: Stock
    flaws: tuple[str, ...]

    @property
    def is_lawful(self) -> bool:
        """Whether every mail ever planned is accounted for, and no row is in an impossible shape."""
        return not self.flaws


def take_stock(connection: Connection) -> Stock:
    """Count, in one statement and so at one moment."""
    total = func.coalesce(func.sum(entries.c.total), 0).label("total")
    states = select(deliveries.c.state, func.count().label("total")).group_by(deliveries.c.state)
    rows = connection.execute(union_all(select(null().label("state"), total), states)).all()
    counts = {row.state: int(row.total) for row in rows}
    return Stock(counts[None], {state: counts.get(state, 0) for state in DeliveryState})


def take_census(connection: Connection) -> Census:
    """Look at every row; takes a second for some million. A service may run meanwhile."""
    stock = take_stock(connection)
    flaws = [*_find_misshapen(connection), *_find_twins(connection)]
    if stock.missing:
        total = sum(stock.states.values())
        flaws.insert(0, f"{stock.entered} deliveries were planned, but {total} are there")
    return Census(stock, tuple(flaws))


def _find_misshapen(connection: Connection) -> list[str]:
    counts = [func.coalesce(func.sum(case((shape, 1), else_=0)), 0) for shape in _IMPOSSIBLE.values()]
    found = connection.execute(select(*counts).select_from(_WITH_PERSON)).one()
    return [f"{count} {words}" for words, count in zip(_IMPOSSIBLE, found, strict=True) if count]


def _find_twins(connection: Connection) -> list[str]:
    """The key of a delivery is unique by an index; this asks the rows themselves."""
    key = (deliveries.c.kind, deliveries.c.participant_id, deliveries.c.session, deliveries.c.starts_at)
    each = select(literal(1)).select_from(deliveries).group_by(*key, deliveries.c.rule)
    twins = each.having(func.count() > 1).subquery()
    count = connection.execute(select(func.count()).select_from(twins)).scalar_one()
    return [f"{count} mails stand in the ledger more than once"] if count else []


_WITH_PERSON: Final = deliveries.outerjoin(participants, deliveries.c.participant_id == participants.c.id)
_HELD: Final = (DeliveryState.CLAIMED, DeliveryState.HANDING)
_IMPOSSIBLE: Final[Mapping[str, ColumnElement[Any]]] = {
    "deliveries are in a state that does not exist": deliveries.c.state.not_in(list(DeliveryState)),
    "deliveries are held by a process but not claimed": and_(
        deliveries.c.owner != "", deliveries.c.state.not_in(_HELD)
    ),
    "deliveries are claimed by nobody": and_(deliveries.c.owner == "", deliveries.c.state.in_(_HELD)),
    "deliveries are claimed for ever": and_(deliveries.c.leased_until <= 0, deliveries.c.state.in_(_HELD)),
    "deliveries are over but nobody knows since when": and_(
        deliveries.c.settled_at.is_(None), deliveries.c.state.not_in(OPEN)
    ),
    "deliveries are open although they were over": and_(
        deliveries.c.settled_at.is_not(None), deliveries.c.state.in_(OPEN)
    ),
    "deliveries are on their way without an attempt": and_(
        deliveries.c.state == DeliveryState.HANDING, deliveries.c.attempts < 1
    ),
    "deliveries count less than nothing": or_(deliveries.c.attempts < 0, deliveries.c.doubts < 0),
    "deliveries are over and uncertain, but were never in doubt": and_(
        deliveries.c.state == DeliveryState.UNCERTAIN, deliveries.c.doubts < 1
    ),
    "deliveries were planned after their reader had left, and sent": and_(
        deliveries.c.state == DeliveryState.SENT,
        deliveries.c.kind.not_in((Kind.CONFIRMATION, Kind.KNOWN)),  # a confirmation is what brings a person back
        participants.c.state.in_((State.UNSUBSCRIBED, State.SUPPRESSED)),
        deliveries.c.created_at > participants.c.left_at,
    ),
}
"""What no row may look like."""
