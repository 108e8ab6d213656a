"""Housekeeping: what nobody needs any more is forgotten."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, exists

from service.store.flooding import forget_refusals
from service.store.keys import Purpose
from service.store.limits import REMEMBERED
from service.store.membership import erase
from service.store.participants import State
from service.store.tables import desk_keys, participants, signups, tokens

__all__ = ["UNCONFIRMED_FOR", "tidy"]

UNCONFIRMED_FOR: Final = timedelta(days=7)
"""How long an address is kept whose owner never said yes."""


def tidy(connection: Connection, now: datetime) -> int:
    """Forget who asked long ago and how many were turned away, links to confirm that have run out, and addresses that
    nobody confirmed; how many.

    Who asked again keeps the registration as long as the newest link to confirm it works.
    """
    connection.execute(delete(signups).where(signups.c.asked_at < now - REMEMBERED))
    forget_refusals(connection, now)
    connection.execute(delete(tokens).where(tokens.c.purpose == Purpose.CONFIRM, tokens.c.expires_at <= now))
    connection.execute(delete(desk_keys).where(desk_keys.c.expires_at <= now))
    can_confirm = exists().where(tokens.c.participant_id == participants.c.id, tokens.c.purpose == Purpose.CONFIRM)
    is_dead = (participants.c.state == State.SUPPRESSED) & participants.c.since.is_(None)
    never = (participants.c.state == State.PENDING) | (is_dead & participants.c.left_at.is_not(None))
    return erase(connection, never & (participants.c.created_at <= now - UNCONFIRMED_FOR) & ~can_confirm, now)
