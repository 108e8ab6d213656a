"""Owing: how mails enter the ledger. Planning the same thing again, anywhere, any time, changes nothing."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, exists, literal, null, select, true, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from service.reminders.occasion import Occasion
from service.store.ledger import DeliveryState, Kind
from service.store.participants import State
from service.store.tables import deliveries, participants

__all__ = [
    "CALLED_OFF",
    "ORGANISER",
    "SUPERSEDED",
    "call_off",
    "insert_for",
    "is_owed_to_organiser",
    "owe",
    "owe_organiser",
    "owe_reminders",
    "prepare",
    "withdrawn",
]

SUPERSEDED: Final = "the schedule changed"
CALLED_OFF: Final = "the session was called off"

ORGANISER: Final = 0
"""The organiser's place among the participants: nobody's."""

_ORGANISER_WAITS: Final = timedelta(days=7)
_KEY: Final = ("kind", "participant_id", "session", "starts_at", "rule")


def owe(
    connection: Connection, kind: Kind, series: str, participant_id: int, now: datetime, expires_at: datetime
) -> None:
    """Owe one person a mail that belongs to no session."""
    row = prepare(kind, series, starts_at=now, due_at=now, expires_at=expires_at, now=now)
    statement = _insert(connection).values(participant_id=participant_id, session="", rule="", **row)
    connection.execute(statement.on_conflict_do_nothing(index_elements=_KEY))


def owe_reminders(connection: Connection, series: str, occasion: Occasion, now: datetime) -> int:
    """Owe a reminder to everybody whom the occasion concerns and who was there when it fell due; how many are new.

    Who is told by a notice anyway that the session moved here gets no reminder that was due before the notice. A
    reminder that was called off before it was sent is owed again when its session returns to the same time.
    """
    whom = and_(
        participants.c.series == series,
        participants.c.state == State.CONFIRMED,
        participants.c.timezone == occasion.audience.timezone,
        participants.c.leads == occasion.audience.leads,
        participants.c.since <= occasion.due_at,
        ~_is_told(occasion),
        participants.c.name.in_(occasion.speakers) if occasion.speakers else true(),
    )
    times = {"starts_at": occasion.starts_at, "due_at": occasion.due_at, "expires_at": occasion.expires_at}
    row = prepare(Kind.SPEAKER if occasion.speakers else Kind.REMINDER, series, **times, now=now)
    return insert_for(connection, {**row, "session": occasion.session, "rule": occasion.rule}, whom)


def owe_organiser(connection: Connection, kind: Kind, series: str, since: datetime, note: str, now: datetime) -> None:
    """Owe the organiser a mail about a series: one for each `note` about what has been so `since`."""
    row = prepare(kind, series, starts_at=since, due_at=now, expires_at=now + _ORGANISER_WAITS, now=now)
    rule = hashlib.sha256(f"{series} {note}".encode()).hexdigest()[:32]
    statement = _insert(connection).values(participant_id=ORGANISER, session="", rule=rule, note=note, **row)
    connection.execute(statement.on_conflict_do_nothing(index_elements=_KEY))


def is_owed_to_organiser(connection: Connection, kind: Kind, series: str, since: datetime) -> bool:
    """Whether the organiser was owed such a mail about a series since then, sent or not."""
    condition = and_(deliveries.c.kind == kind, deliveries.c.series == series, deliveries.c.starts_at == since)
    return bool(connection.execute(select(exists().where(condition))).scalar_one())


def call_off(connection: Connection, session: str, reason: str, now: datetime) -> None:
    """Take back what is planned for a session and not on its way yet; what was in doubt stays uncertain."""
    planned = (deliveries.c.session == session) & (deliveries.c.state == DeliveryState.PLANNED)
    connection.execute(update(deliveries).where(planned).values(**withdrawn(reason, now)))


def withdrawn(reason: str, now: datetime) -> dict[str, Any]:
    """What becomes of a planned delivery that is not wanted any more. If it was in doubt it may have arrived."""
    in_doubt = deliveries.c.doubts > 0
    return {
        "state": case((in_doubt, DeliveryState.UNCERTAIN), else_=DeliveryState.CANCELLED),
        "reason": case((in_doubt, deliveries.c.reason), else_=reason),
        "settled_at": now,
    }


def _is_told(occasion: Occasion) -> ColumnElement[bool]:
    return exists().where(
        deliveries.c.participant_id == participants.c.id,
        deliveries.c.session == occasion.session,
        deliveries.c.starts_at == occasion.starts_at,
        deliveries.c.kind.in_((Kind.MOVED, Kind.RESTORED)),
        deliveries.c.created_at >= occasion.due_at,
        deliveries.c.state.not_in((DeliveryState.CANCELLED, DeliveryState.EXPIRED)),
    )


def prepare(
    kind: Kind, series: str, *, starts_at: datetime, due_at: datetime, expires_at: datetime, now: datetime
) -> dict[str, Any]:
    """The columns that every new delivery has."""
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


def insert_for(
    connection: Connection, row: dict[str, Any], whom: ColumnElement[bool], told_at: ColumnElement[Any] | None = None
) -> int:
    """Enter `row` for every participant that `whom` chooses; how many are new, or owed again."""
    values = {name: literal(value, deliveries.c[name].type) for name, value in row.items()}
    constants: dict[str, Any] = {
        "told_at": null() if told_at is None else told_at,
        "note": literal(""),
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
