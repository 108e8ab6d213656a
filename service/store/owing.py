"""Owing: how mails enter the ledger. Planning the same thing again, anywhere, any time, changes nothing."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    literal,
    null,
    or_,
    select,
    text,
    true,
    update,
)

from service.reminders.occasion import Occasion
from service.store.inserting import insert_into
from service.store.lanes import lane_of
from service.store.ledger import IS_PLANNED, DeliveryState, Kind
from service.store.participants import State
from service.store.tables import deliveries, participants

__all__ = [
    "CALLED_OFF",
    "KEY",
    "NO_DIGEST",
    "ORGANISER",
    "PAUSED",
    "SUPERSEDED",
    "UNINVITED",
    "call_off",
    "insert_for",
    "is_awake",
    "is_owed_to_organiser",
    "owe",
    "owe_organiser",
    "owe_reminders",
    "prepare",
    "withdrawn",
]

SUPERSEDED: Final = "the schedule changed"
CALLED_OFF: Final = "the session was called off"
PAUSED: Final = "paused"
UNINVITED: Final = "no invitations are wanted"
NO_DIGEST: Final = "no weekly summary is wanted"

ORGANISER: Final = 0
"""The organiser's place among the participants: nobody's."""

_ORGANISER_WAITS: Final = timedelta(days=7)
_CROWD: Final = 5_000
KEY: Final = ("kind", "participant_id", "session", "starts_at", "rule")
"""What no two deliveries have in common."""
_BLANK: Final[Mapping[str, Any]] = {
    "told_at": null(),
    "note": literal(""),
    "gist": literal(""),
    "reason": literal(""),
    "owner": literal(""),
    "leased_until": literal(0.0),
    "attempts": literal(0),
    "doubts": literal(0),
}
"""What stands in the other columns of a new delivery."""


def owe(
    connection: Connection, kind: Kind, series: str, participant_id: int, now: datetime, expires_at: datetime
) -> None:
    """Owe one person a mail that belongs to no session."""
    row = prepare(kind, series, starts_at=now, due_at=now, expires_at=expires_at, now=now)
    statement = insert_into(connection, deliveries).values(participant_id=participant_id, session="", rule="", **row)
    connection.execute(statement.on_conflict_do_nothing(index_elements=KEY))


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
        is_awake(occasion.due_at),
        ~_is_told(occasion),
        participants.c.name.in_(occasion.speakers) if occasion.speakers else true(),
    )
    times = {"starts_at": occasion.starts_at, "due_at": occasion.due_at, "expires_at": occasion.expires_at}
    row = prepare(Kind.SPEAKER if occasion.speakers else Kind.REMINDER, series, **times, now=now)
    return insert_for(connection, {**row, "session": occasion.session, "rule": occasion.rule}, whom)


def is_awake(due_at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Whether a participant has not paused beyond `due_at`."""
    return or_(participants.c.paused_until.is_(None), participants.c.paused_until <= due_at)


def owe_organiser(connection: Connection, kind: Kind, series: str, since: datetime, note: str, now: datetime) -> None:
    """Owe the organiser a mail about a series: one for each `note` about what has been so `since`."""
    row = prepare(kind, series, starts_at=since, due_at=now, expires_at=now + _ORGANISER_WAITS, now=now)
    rule = hashlib.sha256(f"{series} {note}".encode()).hexdigest()[:32]
    place = {"participant_id": ORGANISER, "session": "", "rule": rule}
    statement = insert_into(connection, deliveries).values(note=note, **place, **row)
    connection.execute(statement.on_conflict_do_nothing(index_elements=KEY))


def is_owed_to_organiser(connection: Connection, kind: Kind, series: str, since: datetime) -> bool:
    """Whether the organiser was owed such a mail about a series since then, sent or not."""
    condition = and_(deliveries.c.kind == kind, deliveries.c.series == series, deliveries.c.starts_at == since)
    return bool(connection.execute(select(exists().where(condition))).scalar_one())


def call_off(connection: Connection, session: str, reason: str, now: datetime) -> None:
    """Take back what is planned for a session and not on its way yet; what was in doubt stays uncertain."""
    planned = (deliveries.c.session == session) & IS_PLANNED
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
        "lane": lane_of(kind),
        "series": series,
        "starts_at": starts_at,
        "due_at": due_at,
        "next_at": due_at,
        "expires_at": expires_at,
        "state": DeliveryState.PLANNED,
        "created_at": now,
    }


def insert_for(
    connection: Connection,
    row: dict[str, Any],
    whom: ColumnElement[bool],
    told: Mapping[str, ColumnElement[Any]] | None = None,
) -> int:
    """Enter `row` for every participant that `whom` chooses; how many are new, or owed again.

    `told` are the columns that depend on what the participant was told before.
    """
    values = {name: literal(value, deliveries.c[name].type) for name, value in row.items()}
    columns = {**values, **_BLANK, **(told or {})}
    query = select(participants.c.id, *columns.values()).where(whom)
    statement = insert_into(connection, deliveries).from_select(["participant_id", *columns], query)
    is_revived = deliveries.c.reason.in_((SUPERSEDED, CALLED_OFF, UNINVITED))
    called_off = and_(deliveries.c.state == DeliveryState.CANCELLED, is_revived)
    again = {"state": DeliveryState.PLANNED, "reason": "", "settled_at": None}
    again |= {name: row[name] for name in ("due_at", "next_at", "expires_at")}
    upsert = statement.on_conflict_do_update(index_elements=KEY, set_=again, where=called_off)
    count = connection.execute(upsert, execution_options={"preserve_rowcount": True}).rowcount
    if count >= _CROWD:
        _take_note_of_crowd(connection)
    return count


def _take_note_of_crowd(connection: Connection) -> None:
    """Let PostgreSQL see what has come, or it goes on planning claims as if the ledger were empty."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE deliveries"))
