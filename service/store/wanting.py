"""Wanting: whether a mail that was owed is still wanted at the moment when it is to leave, and if not, why."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, String, and_, bindparam, case, cast, exists, or_, select

from service.store.kinds import PAUSABLE
from service.store.ledger import TO_ORGANISER, Delivery, DeliveryState, Kind
from service.store.owing import is_awake
from service.store.participants import State
from service.store.tables import deliveries, participants, sessions
from service.store.withdrawing import CALLED_OFF, NO_DIGEST, PAUSED, SUPERSEDED, UNINVITED

__all__ = ["IS_WANTED", "why_not"]

_AWAITED: Final = case((deliveries.c.kind == Kind.CONFIRMATION, State.PENDING), else_=State.CONFIRMED)
IS_WANTED: Final = and_(
    or_(
        deliveries.c.kind.in_(TO_ORGANISER),
        exists().where(
            participants.c.id == deliveries.c.participant_id,
            participants.c.state == _AWAITED,
            or_(deliveries.c.kind.not_in(PAUSABLE), is_awake(bindparam("present"))),
            or_(deliveries.c.kind != Kind.INVITATION, participants.c.invitations),
            or_(deliveries.c.kind != Kind.DIGEST, participants.c.digest),
        ),
    ),
    or_(
        deliveries.c.session == "",
        exists().where(
            sessions.c.uid == deliveries.c.session,
            sessions.c.starts_at == deliveries.c.starts_at,
            sessions.c.takes_place == (deliveries.c.kind != Kind.CANCELLED),
            or_(deliveries.c.kind != Kind.INVITATION, cast(sessions.c.sequence, String) == deliveries.c.rule),
        ),
    ),
)
"""Whether the participant still wants a mail and what it says is still so. `present` is bound to the time."""

_NOBODY: Final = ("erased", False, False, False)


def why_not(connection: Connection, delivery: Delivery, now: datetime) -> tuple[DeliveryState, str]:
    """What becomes of a delivery that may not leave at `now`, and the reason."""
    if delivery.doubts:  # what was sent before may have arrived
        return DeliveryState.UNCERTAIN, delivery.reason
    if delivery.expires_at <= now:
        return DeliveryState.EXPIRED, "it would have come too late"
    objection = "" if delivery.kind in TO_ORGANISER else _object(connection, delivery, now)
    return DeliveryState.CANCELLED, objection or _tell_news(connection, delivery)


def _object(connection: Connection, delivery: Delivery, now: datetime) -> str:
    """Why the participant does not want it, if that is so."""
    whose = participants.c.id == delivery.participant_id
    wishes = select(participants.c.state, ~is_awake(now), participants.c.invitations, participants.c.digest)
    state, is_paused, is_invited, wants_digest = connection.execute(wishes.where(whose)).one_or_none() or _NOBODY
    if state != (State.PENDING if delivery.kind is Kind.CONFIRMATION else State.CONFIRMED):
        return state
    if is_paused and delivery.kind in PAUSABLE:
        return PAUSED
    if delivery.kind is Kind.INVITATION and not is_invited:
        return UNINVITED
    return NO_DIGEST if delivery.kind is Kind.DIGEST and not wants_digest else ""


def _tell_news(connection: Connection, delivery: Delivery) -> str:
    """What has become of the session."""
    held = select(sessions.c.takes_place).where(sessions.c.uid == delivery.session)
    takes_place = connection.execute(held).scalar_one_or_none()
    return SUPERSEDED if takes_place else CALLED_OFF
