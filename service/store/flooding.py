"""Flooding: how many visitors the form has turned away lately, and that the organiser hears of it when it is many."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, exists, func, select

from service.store.inserting import insert_into
from service.store.kinds import Kind
from service.store.owing import owe_organiser
from service.store.tables import deliveries, refusals, signups

__all__ = ["Flood", "forget_refusals", "measure", "note_refusal", "owe_flood", "read_flood"]

_DAY: Final = timedelta(days=1)
_REMEMBERED: Final = 2 * _DAY
_MOST: Final = 10_000
"""So many of an hour are counted: a flood must not write to the disk for ever."""

_MANY: Final = 50
_NO_SERIES: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """How many visitors were `refused` in a time, and how many `doubted` and asked whether they are a person; how many
    mails the form has caused all the same.
    """

    refused: int
    doubted: int
    mailed: int

    @property
    def is_news(self) -> bool:
        """Whether it is more than a few who mistyped or came back too soon."""
        return self.refused + self.doubted >= _MANY


def note_refusal(connection: Connection, *, is_doubt: bool, now: datetime) -> None:
    """Count a visitor who was turned away at `now`, or asked whether they are a person."""
    answer = "doubted" if is_doubt else "refused"
    hour = now.replace(minute=0, second=0, microsecond=0)
    row = insert_into(connection, refusals).values(at=hour, answer=answer, total=1)
    more = {"total": refusals.c.total + 1}
    few = refusals.c.total < _MOST
    connection.execute(row.on_conflict_do_update(index_elements=("at", "answer"), set_=more, where=few))


def measure(connection: Connection, now: datetime) -> Flood:
    """What came in the last day, to the hour."""
    lately = refusals.c.at > now - _DAY
    query = select(refusals.c.answer, func.sum(refusals.c.total)).where(lately).group_by(refusals.c.answer)
    totals = {answer: int(total) for answer, total in connection.execute(query)}
    mailed = select(func.count()).select_from(signups).where(signups.c.asked_at > now - _DAY, signups.c.address != "")
    return Flood(
        refused=totals.get("refused", 0),
        doubted=totals.get("doubted", 0),
        mailed=connection.execute(mailed).scalar_one(),
    )


def owe_flood(connection: Connection, flood: Flood, now: datetime) -> int:
    """Owe the organiser the news of a flood, unless they were told of one within a day; whether it is new."""
    told = (deliveries.c.kind == Kind.SIGN_UP_FLOOD) & (deliveries.c.due_at > now - _DAY)
    if connection.execute(select(exists().where(told))).scalar_one():
        return 0
    owe_organiser(connection, Kind.SIGN_UP_FLOOD, _NO_SERIES, now - _DAY, json.dumps(asdict(flood)), now)
    return 1


def read_flood(note: str) -> Flood:
    """What `owe_flood` noted."""
    return Flood(**json.loads(note))


def forget_refusals(connection: Connection, now: datetime) -> None:
    """Forget what is of no more use."""
    connection.execute(delete(refusals).where(refusals.c.at < now - _REMEMBERED))
