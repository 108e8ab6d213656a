"""Owing: how mails enter the ledger. Planning the same thing again, anywhere, any time, changes nothing."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, exists, literal, null, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from service.reminders.occasion import Occasion
from service.store.ledger import DeliveryState, Kind
from service.store.participants import State
from service.store.tables import Instant, deliveries, participants

__all__ = ["CALLED_OFF", "SUPERSEDED", "call_off", "owe", "owe_notice", "owe_reminders"]

SUPERSEDED: Final = "the schedule changed"
CALLED_OFF: Final = "the session was called off"

_KEY: Final = ("kind", "participant_id", "session", "starts_at", "rule")


def owe(
    connection: Connection, kind: Kind, series: str, participant_id: int, now: datetime, expires_at: datetime
) -> None:
    """Owe one person a mail that belongs to no session."""
    row = _row(kind, series, starts_at=now, due_at=now, expires_at=expires_at, now=now)
    statement = _insert(connection).values(participant_id=participant_id, session="", rule="", **row)
    connection.execute(statement.on_conflict_do_nothing(index_elements=_KEY))


def owe_reminders(connection: Connection, series: str, occasion: Occasion, now: datetime) -> int:
    """Owe a reminder to everybody whom the occasion concerns and who was there when it fell due; how many are new.

    Who is told by a notice anyway that the session moved here gets no reminder that was due before the notice. A
    reminder that was called off before it was sent is owed again when its session returns to the same time.
    """
    told = exists().where(
        deliveries.c.participant_id == participants.c.id,
        deliveries.c.session == occasion.session,
        deliveries.c.starts_at == occasion.starts_at,
        deliveries.c.kind.in_((Kind.MOVED, Kind.RESTORED)),
        deliveries.c.created_at >= occasion.due_at,
        deliveries.c.state.not_in((DeliveryState.CANCELLED, DeliveryState.EXPIRED)),
    )
    whom = and_(
        participants.c.series == series,
        participants.c.state == State.CONFIRMED,
        participants.c.timezone == occasion.audience.timezone,
        participants.c.leads == occasion.audience.leads,
        participants.c.since <= occasion.due_at,
        ~told,
    )
    row = _row(
        Kind.REMINDER,
        series,
        starts_at=occasion.starts_at,
        due_at=occasion.due_at,
        expires_at=occasion.expires_at,
        now=now,
    )
    return _insert_for(connection, {**row, "session": occasion.session, "rule": occasion.rule}, whom, null())


def owe_notice(
    connection: Connection,
    kind: Kind,
    series: str,
    session: str,
    starts_at: datetime,
    *,
    due_at: datetime,
    expires_at: datetime,
    edition: int,
    now: datetime,
) -> int:
    """Owe a notice to everybody who was last told something else about this session; how many are new.

    `edition` is the session's sequence number: a later edit causes a notice of its own and takes the place of those
    that are not sent yet.
    """
    # Only what was sent, or may have been, is something that people were told.
    out = deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.HANDING, DeliveryState.UNCERTAIN))
    spoke = and_(deliveries.c.session == session, out | (deliveries.c.doubts > 0))
    last = (
        select(deliveries.c.kind, deliveries.c.starts_at)
        .where(deliveries.c.participant_id == participants.c.id, spoke)
        .order_by(deliveries.c.settled_at.desc(), deliveries.c.id.desc())
        .limit(1)
    )
    told_at = last.with_only_columns(deliveries.c.starts_at).correlate(participants).scalar_subquery()
    told_kind = last.with_only_columns(deliveries.c.kind).correlate(participants).scalar_subquery()
    told_cancelled = told_kind == Kind.CANCELLED
    still_ahead = told_at > literal(now, Instant())
    if kind is Kind.CANCELLED:
        news = ~told_cancelled & still_ahead
    else:
        news = told_cancelled | ((told_at != literal(starts_at, Instant())) & still_ahead)
    whom = and_(participants.c.series == series, participants.c.state == State.CONFIRMED, told_at.is_not(None), news)
    row = _row(kind, series, starts_at=starts_at, due_at=due_at, expires_at=expires_at, now=now)
    return _insert_for(connection, {**row, "session": session, "rule": str(edition)}, whom, told_at)


def call_off(connection: Connection, session: str, reason: str, now: datetime) -> None:
    """Take back what is planned for a session and not on its way yet."""
    planned = (deliveries.c.session == session) & (deliveries.c.state == DeliveryState.PLANNED)
    change = {"state": DeliveryState.CANCELLED, "reason": reason, "settled_at": now}
    connection.execute(update(deliveries).where(planned).values(**change))


def _row(
    kind: Kind, series: str, *, starts_at: datetime, due_at: datetime, expires_at: datetime, now: datetime
) -> dict[str, Any]:
    return {
        "kind": kind,
        "series": series,
        "starts_at": starts_at,
        "due_at": due_at,
        "next_at": due_at,
        "expires_at": expires_at,
        "state": DeliveryState.PLANNED,
        "created_at": now,
    }


def _insert_for(connection: Connection, row: dict[str, Any], whom: Any, told_at: Any) -> int:
    values = {name: literal(value, deliveries.c[name].type) for name, value in row.items()}
    constants: dict[str, Any] = {
        "told_at": told_at,
        "reason": literal(""),
        "owner": literal(""),
        "leased_until": literal(0.0),
    }
    constants |= {"attempts": literal(0), "doubts": literal(0)}
    columns = {**values, **constants}
    query = select(participants.c.id, *columns.values()).where(whom)
    statement = _insert(connection).from_select(["participant_id", *columns], query)
    called_off = and_(deliveries.c.state == DeliveryState.CANCELLED, deliveries.c.reason.in_((SUPERSEDED, CALLED_OFF)))
    again = {"state": DeliveryState.PLANNED, "reason": "", "settled_at": None}
    again |= {name: row[name] for name in ("due_at", "next_at", "expires_at")}
    upsert = statement.on_conflict_do_update(index_elements=_KEY, set_=again, where=called_off)
    return connection.execute(upsert, execution_options={"preserve_rowcount": True}).rowcount


def _insert(connection: Connection) -> Any:
    """An INSERT that knows ON CONFLICT, which both databases spell alike and the toolkit keeps per dialect."""
    return sqlite_insert(deliveries) if connection.dialect.name == "sqlite" else postgresql_insert(deliveries)
