"""Owing: how mails enter the ledger. Planning the same thing again, anywhere, any time, changes nothing."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    literal,
    null,
    or_,
    select,
    true,
)

from service.reminders.occasion import Occasion
from service.store.inserting import insert_into
from service.store.lanes import lane_of
from service.store.ledger import DeliveryState, Kind
from service.store.slices import EVERYBODY, Slice, belongs_to, is_crowd, take_note_of_crowd
from service.store.tables import deliveries, participants
from service.store.withdrawing import IS_REVIVABLE

__all__ = [
    "ORGANISER",
    "insert_for",
    "is_awake",
    "is_owed_to_organiser",
    "owe",
    "owe_once",
    "owe_organiser",
    "owe_reminders",
    "prepare",
]

ORGANISER: Final = 0
"""The organiser's place among the participants: nobody's."""

_ORGANISER_WAITS: Final = timedelta(days=7)
_KEY: Final = ("kind", "participant_id", "session", "starts_at", "rule")
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
    owe_once(connection, participant_id=participant_id, session="", rule="", **row)


def owe_reminders(
    connection: Connection, series: str, occasion: Occasion, now: datetime, among: Slice = EVERYBODY
) -> int:
    """Owe a reminder to everybody whom the occasion concerns and who was there when it fell due; how many are new.

    Who is told by a notice anyway that the session moved here gets no reminder that was due before the notice. A
    reminder that was called off before it was sent is owed again when its session returns to the same time.
    """
    whom = and_(
        belongs_to(series, occasion.audience),
        among.holds(participants.c.id),
        participants.c.since <= occasion.due_at,
        is_awake(occasion.due_at),
        participants.c.name.in_(occasion.speakers) if occasion.speakers else true(),
        participants.c.id.not_in(_find_served(occasion, among, now)),
    )
    times = {"starts_at": occasion.starts_at, "due_at": occasion.due_at, "expires_at": occasion.expires_at}
    row = prepare(_kind_of(occasion), series, **times, now=now)
    return insert_for(connection, {**row, "session": occasion.session, "rule": occasion.rule}, whom)


def is_awake(due_at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Whether a participant has not paused beyond `due_at`."""
    return or_(participants.c.paused_until.is_(None), participants.c.paused_until <= due_at)


def owe_organiser(connection: Connection, kind: Kind, series: str, since: datetime, note: str, now: datetime) -> None:
    """Owe the organiser a mail about a series: one for each `note` about what has been so `since`."""
    row = prepare(kind, series, starts_at=since, due_at=now, expires_at=now + _ORGANISER_WAITS, now=now)
    rule = hashlib.sha256(f"{series} {note}".encode()).hexdigest()[:32]
    owe_once(connection, participant_id=ORGANISER, session="", rule=rule, note=note, **row)


def owe_once(connection: Connection, **row: Any) -> int:
    """Enter this row into the ledger, unless its like is there; how many are new."""
    statement = insert_into(connection, deliveries).values(**row)
    once = statement.on_conflict_do_nothing(index_elements=_KEY)
    return connection.execute(once, execution_options={"preserve_rowcount": True}).rowcount


def is_owed_to_organiser(connection: Connection, kind: Kind, series: str, since: datetime) -> bool:
    """Whether the organiser was owed such a mail about a series since then, sent or not."""
    condition = and_(deliveries.c.kind == kind, deliveries.c.series == series, deliveries.c.starts_at == since)
    return bool(connection.execute(select(exists().where(condition))).scalar_one())


def _find_served(occasion: Occasion, among: Slice, now: datetime) -> Select[Any]:
    """Who has this reminder in the ledger already, a newer one by other rules, or in its stead the news of a move.

    They are found once for all. To ask it of each person looks cheap to PostgreSQL as long as the ledger looks empty,
    and takes minutes when it fills. Nor are their rows locked, which may be on their way.
    """
    stands = deliveries.c.state.not_in((DeliveryState.CANCELLED, DeliveryState.EXPIRED))
    is_told = and_(
        deliveries.c.kind.in_((Kind.MOVED, Kind.RESTORED)), deliveries.c.created_at >= occasion.due_at, stands
    )
    is_same = and_(deliveries.c.rule == occasion.rule, ~IS_REVIVABLE)
    is_newer = and_(deliveries.c.due_at.between(occasion.due_at, now), stands)
    is_owed = and_(deliveries.c.kind == _kind_of(occasion), or_(is_same, is_newer))
    return select(deliveries.c.participant_id).where(
        deliveries.c.session == occasion.session,
        among.holds(deliveries.c.participant_id),
        deliveries.c.starts_at == occasion.starts_at,
        or_(is_told, is_owed),
    )


def _kind_of(occasion: Occasion) -> Kind:
    return Kind.SPEAKER if occasion.speakers else Kind.REMINDER


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
    query = select(participants.c.id, *columns.values()).where(whom).order_by(participants.c.id)
    statement = insert_into(connection, deliveries).from_select(["participant_id", *columns], query)
    again = {"state": DeliveryState.PLANNED, "reason": "", "settled_at": None}
    again |= {name: row[name] for name in ("due_at", "next_at", "expires_at")}
    upsert = statement.on_conflict_do_update(index_elements=_KEY, set_=again, where=IS_REVIVABLE)
    count = connection.execute(upsert, execution_options={"preserve_rowcount": True}).rowcount
    if is_crowd(count):
        take_note_of_crowd(connection)
    return count
