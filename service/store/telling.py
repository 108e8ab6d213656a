"""Telling: what each participant was last told about a session. Only what was sent, or may have been, was told."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, exists, func, literal, or_, select

from service.store.ledger import DeliveryState, Kind
from service.store.tables import Instant, deliveries, participants

__all__ = ["last_entered", "last_told", "time_told"]

# By how much a reader's week may begin before, and end after, the one of UTC that its digest is named after.
_ZONES: Final = timedelta(hours=14)
_WEEK: Final = timedelta(days=7)

_IS_OUT: Final = or_(
    deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.HANDING, DeliveryState.UNCERTAIN)),
    deliveries.c.doubts > 0,
)


def last_told(session: str, column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """What the last mail about the session said to a participant, of a query of participants; null if there is none."""
    return _scalar(_told(session, column).order_by(deliveries.c.settled_at.desc(), deliveries.c.id.desc()))


def time_told(session: str, was_at: datetime | None) -> ColumnElement[Any]:
    """When the session is as far as a participant knows, of a query of participants; null if they know nothing of it.

    That is what the last mail about it said, or a digest of the week in which it was until now (`was_at`). Somebody who
    was to hear of a change, but did not since there was another one soon, knows what they knew before.
    """
    known = [last_told(session, deliveries.c.starts_at)]
    if was_at is not None:
        unheard = _told(session, deliveries.c.told_at, is_out=False).where(deliveries.c.told_at.is_not(None))
        known.append(_scalar(unheard.order_by(deliveries.c.id.desc())))
        return func.coalesce(*known, case((_was_in_digest(was_at), literal(was_at, Instant()))), type_=Instant())
    return known[0]


def last_entered(session: str, column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The same of the last mail that told the participant's own calendar something."""
    return _scalar(_told(session, column).where(deliveries.c.gist != "").order_by(deliveries.c.id.desc()))


def _told(session: str, column: ColumnElement[Any], *, is_out: bool = True) -> Select[Any]:
    whose = deliveries.c.participant_id == participants.c.id
    rows = select(column).where(whose, deliveries.c.session == session)
    return rows.where(_IS_OUT) if is_out else rows


def _was_in_digest(was_at: datetime) -> ColumnElement[bool]:
    return exists().where(
        deliveries.c.participant_id == participants.c.id,
        deliveries.c.kind == Kind.DIGEST,
        deliveries.c.starts_at.between(was_at - _WEEK - _ZONES, was_at + _ZONES),
        _IS_OUT,
    )


def _scalar(query: Select[Any]) -> ScalarSelect[Any]:
    return query.limit(1).correlate(participants).scalar_subquery()
