"""Welcoming: who has just confirmed is told once what is ahead."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from service.store.ledger import Kind
from service.store.owing import insert_for, prepare
from service.store.tables import participants

__all__ = ["welcome"]

_USEFUL: Final = timedelta(days=2)


def welcome(connection: Connection, participant_id: int, now: datetime) -> None:
    """Owe a participant the mail that welcomes them; whoever leaves and comes back is not welcomed again.

    Those whom the organiser registers by hand are not welcomed at all: they have asked for nothing.
    """
    whom = participants.c.id == participant_id
    series, since = connection.execute(select(participants.c.series, participants.c.created_at).where(whom)).one()
    row = prepare(Kind.WELCOME, series, starts_at=since, due_at=now, expires_at=now + _USEFUL, now=now)
    insert_for(connection, {**row, "session": "", "rule": ""}, whom)
