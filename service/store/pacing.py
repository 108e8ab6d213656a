"""Pacing: the relay takes so many mails a minute from all processes together, by the database's own clock."""

from dataclasses import dataclass

from sqlalchemy import Connection, case, update

from service.store.database_clock import database_clock
from service.store.inserting import insert_into
from service.store.tables import pace

__all__ = ["Slots", "give_slots_back", "reserve_slots"]


@dataclass(frozen=True, slots=True)
class Slots:
    """`count` instants at which a mail may leave, `gap` seconds apart; the first comes in `wait` seconds.

    `end` is the instant behind the last one, in epoch seconds of the database's clock.
    """

    count: int
    gap: float
    wait: float
    end: float


def reserve_slots(connection: Connection, name: str, count: int, gap: float) -> Slots:
    """The next `count` slots on the way called `name`; nobody else gets them."""
    now = database_clock()
    row = insert_into(connection, pace).values(name=name, next_at=now + count * gap)
    behind = case((pace.c.next_at > now, pace.c.next_at), else_=now) + count * gap
    reserved = row.on_conflict_do_update(index_elements=["name"], set_={"next_at": behind})
    end, present = connection.execute(reserved.returning(pace.c.next_at, now)).one()
    return Slots(count, gap, max(end - count * gap - present, 0.0), end)


def give_slots_back(connection: Connection, name: str, slots: Slots, unused: int) -> None:
    """Let others have the last `unused` slots, unless somebody has reserved further ones already."""
    is_last = (pace.c.name == name) & (pace.c.next_at == slots.end)
    connection.execute(update(pace).where(is_last).values(next_at=pace.c.next_at - unused * slots.gap))
