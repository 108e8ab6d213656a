"""Noticing: who was told something about a session that is no longer so, and is owed the news."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal

from service.store.inviting import gist_for_notice
from service.store.ledger import Kind
from service.store.owing import insert_for, prepare
from service.store.participants import State
from service.store.tables import Instant, deliveries, participants
from service.store.telling import last_told, time_told

__all__ = ["News", "owe_notice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What became of a session. It is told from `due_at` on, until the session begins at `starts_at`.

    `edition` is the session's sequence number: a later edit is news of its own. `gist` is what calendars are to show.
    `was_at` is when the session was before, which a digest may have told.
    """

    kind: Kind
    session: str
    starts_at: datetime
    edition: int
    due_at: datetime
    gist: str = ""
    was_at: datetime | None = None


def owe_notice(connection: Connection, series: str, news: News, now: datetime) -> int:
    """Owe the news to everybody who was last told something else about the session; how many are new."""
    told_at = time_told(news.session, news.was_at)
    told_kind = func.coalesce(last_told(news.session, deliveries.c.kind), literal(Kind.DIGEST))
    whom = and_(
        participants.c.series == series,
        participants.c.state == State.CONFIRMED,
        told_at.is_not(None),
        _is_new(news, told_at, told_kind, now),
    )
    times = {"starts_at": news.starts_at, "due_at": news.due_at, "expires_at": news.starts_at}
    row = prepare(news.kind, series, **times, now=now)
    told = {"told_at": told_at, "gist": gist_for_notice(news.session, news.gist)}
    return insert_for(connection, {**row, "session": news.session, "rule": str(news.edition)}, whom, told)


def _is_new(
    news: News, told_at: ColumnElement[Any], told_kind: ColumnElement[Any], now: datetime
) -> ColumnElement[bool]:
    was_cancelled = told_kind == Kind.CANCELLED
    still_ahead = told_at > literal(now, Instant())
    if news.kind is Kind.CANCELLED:
        return ~was_cancelled & still_ahead
    return was_cancelled | ((told_at != literal(news.starts_at, Instant())) & still_ahead)
