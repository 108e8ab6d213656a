"""The overview: what stands in the database that the organiser should see at a glance."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, or_, select

from service.store.fetches import Family, list_fetches
from service.store.lanes import Hold, held
from service.store.ledger import Delivery, DeliveryState, Kind, as_delivery, tally, with_address
from service.store.participants import State
from service.store.tables import deliveries, participants, series
from service.store.waiting import Waiting, read_waiting

__all__ = ["Concern", "Document", "Overview", "Queue", "find_alike", "list_queues", "look"]

_LATELY: Final = timedelta(days=14)
_MOST: Final = 30
_MOST_ALIKE: Final = 2000
_ALIKE: Final = (
    deliveries.c.state,
    deliveries.c.kind,
    deliveries.c.series,
    deliveries.c.session,
    deliveries.c.rule,
    deliveries.c.reason,
)
"""What mails have in common that went wrong in the same way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """How a series' document is: well, or not used since `broken_since`, with the `trouble` or the edit `waiting`.

    `is_accepted` says that the organiser has allowed that edit, and it is about to be published.
    """

    changed_at: datetime
    broken_since: datetime | None
    trouble: str
    waiting: Waiting | None
    is_accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Mails of one kind about one session that are in the ledger and leave next, the first of them at `next_at`."""

    kind: Kind
    series: str
    session: str
    rule: str
    next_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Concern:
    """Mails that went wrong in the same way: how many, one of them, and when that was so last."""

    delivery: Delivery
    count: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything at one moment. `documents`, `people` and `fetches` are by slug."""

    documents: Mapping[str, Document]
    people: Mapping[str, Mapping[State, int]]
    fetches: Mapping[str, Mapping[Family, datetime]]
    states: Mapping[DeliveryState, int]
    queues: Sequence[Queue]
    concerns: Sequence[Concern]
    holds: Sequence[Hold]


def look(connection: Connection, now: datetime) -> Overview:
    """What there is to see at `now`. Of queues and concerns, the first thirty."""
    return Overview(
        documents=_list_documents(connection),
        people=_count_people(connection),
        fetches=list_fetches(connection),
        states=tally(connection),
        queues=list_queues(connection, _MOST),
        concerns=_list_concerns(connection, now),
        holds=tuple(held(connection).values()),
    )


def find_alike(connection: Connection, delivery_id: int) -> Sequence[int]:
    """Deliveries that went wrong in the same way as this one, two thousand at most; none if it is not there."""
    one = select(*_ALIKE).where(deliveries.c.id == delivery_id)
    row = connection.execute(one).one_or_none()
    if row is None:
        return ()
    same = [column == value for column, value in zip(_ALIKE, row, strict=True)]
    query = select(deliveries.c.id).where(*same).order_by(deliveries.c.id).limit(_MOST_ALIKE)
    return connection.execute(query).scalars().all()


def _list_documents(connection: Connection) -> dict[str, Document]:
    columns = (series.c.changed_at, series.c.broken_since, series.c.trouble, series.c.waiting, series.c.accepted)
    documents = {}
    for row in connection.execute(select(series.c.slug, *columns)):
        waiting = read_waiting(row.waiting)
        documents[row.slug] = Document(
            changed_at=row.changed_at,
            broken_since=row.broken_since,
            trouble=row.trouble,
            waiting=waiting,
            is_accepted=waiting is not None and row.accepted == waiting.digest,
        )
    return documents


def _count_people(connection: Connection) -> dict[str, dict[State, int]]:
    group = (participants.c.series, participants.c.state)
    counts: dict[str, dict[State, int]] = defaultdict(dict)
    for slug, state, count in connection.execute(select(*group, func.count()).group_by(*group)):
        counts[slug][State(state)] = count
    return dict(counts)


def list_queues(connection: Connection, most: int | None = None) -> list[Queue]:
    """What waits in the ledger, the first to leave first; all of it, or so many queues at `most`."""
    group = (deliveries.c.kind, deliveries.c.series, deliveries.c.session, deliveries.c.rule)
    first = func.min(deliveries.c.next_at).label("next_at")
    query = select(*group, first, func.count().label("total")).where(deliveries.c.state == DeliveryState.PLANNED)
    rows = connection.execute(query.group_by(*group).order_by(first).limit(most))
    return [
        Queue(
            kind=Kind(row.kind),
            series=row.series,
            session=row.session,
            rule=row.rule,
            next_at=row.next_at,
            count=row.total,
        )
        for row in rows
    ]


def _list_concerns(connection: Connection, now: datetime) -> list[Concern]:
    """What needs a person, or did lately; the latest first."""
    wrong = (DeliveryState.PARKED, DeliveryState.UNCERTAIN, DeliveryState.FAILED, DeliveryState.EXPIRED)
    lately = or_(deliveries.c.settled_at > now - _LATELY, deliveries.c.expires_at > now)
    one, last = func.max(deliveries.c.id).label("one"), func.max(deliveries.c.settled_at).label("last")
    query = select(one, last, func.count().label("total")).where(deliveries.c.state.in_(wrong), lately)
    found = connection.execute(query.group_by(*_ALIKE).order_by(last.desc(), one.desc()).limit(_MOST)).all()
    rows = connection.execute(with_address().where(deliveries.c.id.in_([each.one for each in found])))
    samples = {row.id: as_delivery(row) for row in rows}
    return [Concern(samples[each.one], each.total, each.last) for each in found]
