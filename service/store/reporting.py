"""Reporting: what the organiser is told without anything being wrong, and how it enters the ledger."""

import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, and_, func, select, union

from service.messages.report import Figures
from service.reminders.gap import Gap, Missing
from service.reminders.week import Week
from service.store.ledger import DeliveryState, Kind
from service.store.owing import ORGANISER, owe_once, prepare
from service.store.participants import State
from service.store.tables import deliveries, participants

__all__ = ["owe_gap", "owe_report", "read_figures", "read_missing", "take_figures"]


def owe_gap(connection: Connection, series: str, gap: Gap, now: datetime) -> int:
    """Owe the organiser the news that a row is not complete: once for each session and time; whether it is new."""
    row = prepare(
        Kind.ROW_INCOMPLETE, series, starts_at=gap.starts_at, due_at=gap.due_at, expires_at=gap.expires_at, now=now
    )
    return owe_once(
        connection, participant_id=ORGANISER, session=gap.session, rule="", note=" ".join(gap.missing), **row
    )


def owe_report(
    connection: Connection, week: Week, figures: Figures, due_at: datetime, expires_at: datetime, now: datetime
) -> int:
    """Owe the organiser the report of a week, with these figures of the week before: once; whether it is new."""
    row = prepare(Kind.WEEKLY_REPORT, "", starts_at=week.key, due_at=due_at, expires_at=expires_at, now=now)
    return owe_once(
        connection, participant_id=ORGANISER, session="", rule=week.name, note=json.dumps(asdict(figures)), **row
    )


def read_missing(note: str) -> tuple[Missing, ...]:
    """What `owe_gap` noted."""
    return tuple(map(Missing, note.split()))


def read_figures(note: str) -> Figures:
    """What `owe_report` noted."""
    return Figures(**json.loads(note))


def take_figures(connection: Connection, since: datetime, until: datetime) -> Figures:
    """Who is registered now, who came and left between these instants, and what became of mails in that time."""
    came = and_(participants.c.created_at >= since, participants.c.created_at < until)
    left = and_(participants.c.left_at >= since, participants.c.left_at < until)
    is_confirmed, has_left = participants.c.state == State.CONFIRMED, participants.c.state == State.UNSUBSCRIBED
    counts = [func.count().filter(one) for one in (is_confirmed, is_confirmed & came, has_left & left)]
    people = connection.execute(select(*counts).select_from(participants)).one()
    settled = and_(deliveries.c.settled_at >= since, deliveries.c.settled_at < until)
    states = select(deliveries.c.state, func.count().label("total")).where(settled).group_by(deliveries.c.state)
    mails = {row.state: row.total for row in connection.execute(states)}
    failed = and_(settled, deliveries.c.state == DeliveryState.FAILED, deliveries.c.participant_id != ORGANISER)
    lost = select(participants.c.id).where(participants.c.state == State.SUPPRESSED, left)
    unreached = union(select(deliveries.c.participant_id).where(failed), lost).subquery()
    return Figures(
        people=people[0],
        came=people[1],
        left=people[2],
        sent=mails.get(DeliveryState.SENT, 0),
        failed=mails.get(DeliveryState.FAILED, 0),
        uncertain=mails.get(DeliveryState.UNCERTAIN, 0),
        expired=mails.get(DeliveryState.EXPIRED, 0),
        unreached=connection.execute(select(func.count()).select_from(unreached)).scalar_one(),
    )
