"""Noticing: who was told something about a session that is no longer so, and is owed the news."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, literal, select

from service.store.ledger import DeliveryState, Kind
from service.store.owing import insert_for, prepare
from service.store.participants import State
from service.store.tables import Instant, deliveries, participants

__all__ = ["News", "owe_notice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What became of a session. It is told from `due_at` on, until the session begins at `starts_at`.

    `edition` is the session's sequence number: a later edit is news of its own.
    """

    kind: Kind
    session: str
    starts_at: datetime
    edition: int
    due_at: datetime


def owe_notice(connection: Connection, series: str, news: News, now: datetime) -> int:
    """Owe the news to everybody who was last told something else about the session; how many are new."""
    told_at, told_kind = _last_told(news, deliveries.c.starts_at), _last_told(news, deliveries.c.kind)
    whom = and_(
        participants.c.series == series,
        participants.c.state == State.CONFIRMED,
        told_at.is_not(None),
        _is_new(news, told_at, told_kind, now),
    )
    times = {"starts_at": news.starts_at, "due_at": news.due_at, "expires_at": news.starts_at}
    row = prepare(news.kind, series, **times, now=now)
    return insert_for(connection, {**row, "session": news.session, "rule": str(news.edition)}, whom, told_at)


def _last_told(news: News, column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """What the last mail about the session said. Only what was sent, or may have been, is something told."""
    out = deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.HANDING, DeliveryState.UNCERTAIN))
    return (
        select(column)
        .where(
            deliveries.c.participant_id == participants.c.id,
            deliveries.c.session == news.session,
            out | (deliveries.c.doubts > 0),
        )
        .order_by(deliveries.c.settled_at.desc(), deliveries.c.id.desc())
        .limit(1)
        .correlate(participants)
        .scalar_subquery()
    )


def _is_new(
    news: News, told_at: ColumnElement[Any], told_kind: ColumnElement[Any], now: datetime
) -> ColumnElement[bool]:
    was_cancelled = told_kind == Kind.CANCELLED
    still_ahead = told_at > literal(now, Instant())
    if news.kind is Kind.CANCELLED:
        return ~was_cancelled & still_ahead
    return was_cancelled | ((told_at != literal(news.starts_at, Instant())) & still_ahead)
