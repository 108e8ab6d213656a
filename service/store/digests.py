"""Digests: who wants a weekly one, and how it enters the ledger."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, and_, func, select

from service.reminders.week import Week
from service.store.ledger import Kind
from service.store.owing import insert_for, is_awake, prepare
from service.store.participants import State
from service.store.tables import participants

__all__ = ["count_digests", "owe_digest"]

_WANTS_IT = and_(participants.c.state == State.CONFIRMED, participants.c.digest)


def count_digests(connection: Connection) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """The time zones in which people want a digest, by the slug of their series, each with a number that changes when
    those people do."""
    group = (participants.c.series, participants.c.timezone)
    who = func.sum(participants.c.id)
    rows = connection.execute(select(*group, who).where(_WANTS_IT).group_by(*group).order_by(*group))
    return {
        slug: tuple((timezone, int(total)) for _, timezone, total in found)
        for slug, found in groupby(rows, key=itemgetter(0))
    }


def owe_digest(connection: Connection, series: str, week: Week, now: datetime) -> int:
    """Owe everybody who wants one, and was there when it fell due, the digest of a week; how many are new.

    It is one a week, even for somebody who changes the time zone meanwhile.
    """
    whom = and_(
        _WANTS_IT,
        participants.c.series == series,
        participants.c.timezone == week.timezone,
        participants.c.since <= week.due_at,
        is_awake(week.due_at),
    )
    row = prepare(Kind.DIGEST, series, starts_at=week.key, due_at=week.due_at, expires_at=week.expires_at, now=now)
    return insert_for(connection, {**row, "session": "", "rule": week.name}, whom)
