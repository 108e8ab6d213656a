"""Slices: a large crowd enters the ledger a slice at a time, so that mails which are due go on leaving meanwhile.

A slice is a stretch of people in the order of their ids. Two processes that enter the same crowd at once so go through
it in the same order, and never wait for each other in a circle.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, func, select, text, true

from service.reminders.occasion import Audience
from service.store.participants import State
from service.store.tables import participants

__all__ = ["EVERYBODY", "Slice", "belongs_to", "cut", "is_crowd", "take_note_of_crowd"]

_CROWD: Final = 5_000


@dataclass(frozen=True, slots=True)
class Slice:
    """The people of an audience whose ids come `after` one, up to and with the `last`; without that, all the others.

    It has `size` people, as far as that is known.
    """

    after: int = 0
    last: int | None = None
    size: int = 0

    def holds(self, person: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether somebody with this id belongs to it."""
        return and_(person > self.after, person <= self.last if self.last is not None else true())


EVERYBODY: Final = Slice()


def belongs_to(series: str, audience: Audience) -> ColumnElement[bool]:
    """Whether a participant is confirmed and of this audience."""
    return and_(
        participants.c.state == State.CONFIRMED,
        participants.c.series == series,
        participants.c.timezone == audience.timezone,
        participants.c.leads == audience.leads,
    )


def cut(connection: Connection, series: str, audience: Audience, after: int, most: int) -> Slice:
    """The slice of at most so many people of an audience who come after the one with this id; the last has no end."""
    one = participants.c.id
    ahead = select(one).where(belongs_to(series, audience), one > after).order_by(one).limit(most).subquery()
    size, last = connection.execute(select(func.count(), func.max(ahead.c.id))).one()
    return Slice(after, last if size == most else None, size)


def is_crowd(count: int) -> bool:
    """Whether so many new deliveries make the database's idea of the ledger a wrong one."""
    return count >= _CROWD


def take_note_of_crowd(connection: Connection) -> None:
    """Let PostgreSQL see what has come, or it goes on planning claims as if the ledger were empty."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE deliveries"))
