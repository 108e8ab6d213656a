"""The ledger: the truth about every mail that was, is or will be owed.

    planned -> claimed -> handing -> sent
    claimed -> planned                 given back, or its lease ran out: nothing was handed over
    handing -> planned                 a clear refusal for now, or the first doubt: it is tried again
    any open state -> failed | expired | cancelled | parked | uncertain

Rows are inserted (owing.py), moved to an owner (claiming.py), settled (settling.py) and amended by hand (amending.py),
never taken away, so the states' counts always add up to what was ever planned. Here are the words and the questions.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Select, func, literal_column, select

from service.store.kinds import TO_ORGANISER, Kind
from service.store.tables import deliveries, participants

__all__ = [
    "IS_HELD",
    "IS_PLANNED",
    "OPEN",
    "REASON_LIMIT",
    "TO_ORGANISER",
    "Delivery",
    "DeliveryState",
    "Kind",
    "find",
    "key_of",
    "list_all",
    "next_due",
    "tally",
    "times",
    "with_address",
]


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    HANDING = "handing"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    PARKED = "parked"
    UNCERTAIN = "uncertain"


IS_PLANNED: Final = deliveries.c.state == literal_column(f"'{DeliveryState.PLANNED}'")
"""Written out, for the databases to see that the index of what is planned will do."""

IS_HELD: Final = deliveries.c.owner != literal_column("''")
"""Whether a process has claimed it or hands it over; written out for the same reason."""

OPEN: Final = (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.HANDING)

REASON_LIMIT: Final = 500
"""So many characters of a reason are kept."""


class Delivery(NamedTuple):
    """One mail owed to one person. `doubts` counts how often its acceptance could not be known,
    `told_at` is the session's start as the person knew it before a notice, `gist` a digest of what the mail tells their
    own calendar (empty: nothing). `thread` is the key of the first mail about the same session, once it was claimed.

    `owner` is the random token of the process that holds it. `address` and what follows are the participant's;
    they are empty once the participant was erased.
    """

    id: int
    kind: Kind
    series: str
    participant_id: int
    session: str
    starts_at: datetime
    rule: str
    told_at: datetime | None
    note: str
    due_at: datetime
    next_at: datetime
    expires_at: datetime
    state: DeliveryState
    reason: str
    owner: str
    attempts: int
    doubts: int
    address: str
    name: str
    language: str
    timezone: str
    generation: int
    gist: str = ""
    thread: str = ""

    @property
    def key(self) -> str:
        """What makes this delivery one of its kind; its Message-ID is made of it and so the same at every attempt."""
        return key_of(self)


def key_of(row: Delivery | Row[Any]) -> str:
    """The key of a delivery, or of a row that has the columns that make it."""
    starts = row.starts_at.astimezone(UTC).isoformat()
    return f"{row.kind}|{row.series}|{row.participant_id}|{row.session}|{starts}|{row.rule}"


_OF_PERSON: Final = {
    "address": func.coalesce(participants.c.address, "").label("address"),
    "name": func.coalesce(participants.c.name, "").label("name"),
    "language": func.coalesce(participants.c.language, "").label("language"),
    "timezone": func.coalesce(participants.c.timezone, "UTC").label("timezone"),
    "generation": func.coalesce(participants.c.generation, 0).label("generation"),
}
_READ: Final = tuple(
    _OF_PERSON[name] if name in _OF_PERSON else deliveries.c[name] for name in Delivery._fields if name != "thread"
)
_KIND: Final = Delivery._fields.index("kind")
_STATE: Final = Delivery._fields.index("state")
_KINDS: Final[Mapping[str, Kind]] = {kind.value: kind for kind in Kind}
_STATES: Final[Mapping[str, DeliveryState]] = {state.value: state for state in DeliveryState}


def with_address() -> Select[Any]:
    """The ledger's rows, each with its participant's address and wishes."""
    return select(*_READ).outerjoin(participants, deliveries.c.participant_id == participants.c.id)


def as_delivery(row: Row[Any], thread: str = "") -> Delivery:
    """A row of `with_address` as a value."""
    known = list(row)
    known[_KIND], known[_STATE] = _KINDS[known[_KIND]], _STATES[known[_STATE]]
    return Delivery._make((*known, thread))


def list_all(
    connection: Connection,
    states: Collection[DeliveryState] = (),
    *,
    series: str | None = None,
    kinds: Collection[Kind] = (),
    since: datetime | None = None,
) -> list[Delivery]:
    """All deliveries in the order they fell due, or those of some states, kinds, a series, or due `since` then."""
    query = with_address().order_by(deliveries.c.due_at, deliveries.c.id)
    if states:
        query = query.where(deliveries.c.state.in_(states))
    if kinds:
        query = query.where(deliveries.c.kind.in_(kinds))
    if series is not None:
        query = query.where(deliveries.c.series == series)
    if since is not None:
        query = query.where(deliveries.c.due_at >= since)
    return [as_delivery(row) for row in connection.execute(query)]


def find(connection: Connection, delivery_id: int) -> Delivery | None:
    """The delivery with this id."""
    row = connection.execute(with_address().where(deliveries.c.id == delivery_id)).one_or_none()
    return as_delivery(row) if row else None


def times(connection: Connection, delivery_id: int) -> tuple[datetime, datetime | None]:
    """When a delivery entered the ledger, and when it was settled for good."""
    query = select(deliveries.c.created_at, deliveries.c.settled_at).where(deliveries.c.id == delivery_id)
    created_at, settled_at = connection.execute(query).one()
    return created_at, settled_at


def tally(connection: Connection) -> dict[DeliveryState, int]:
    """How many deliveries stand in each state."""
    query = select(deliveries.c.state, func.count().label("total")).group_by(deliveries.c.state)
    counts = {row.state: row.total for row in connection.execute(query)}
    return {state: counts.get(state, 0) for state in DeliveryState}


def next_due(connection: Connection) -> datetime | None:
    """When the next planned delivery wants to be sent; in the past if it is overdue."""
    query = select(func.min(deliveries.c.next_at)).where(IS_PLANNED)
    due: datetime | None = connection.execute(query).scalar_one()
    return due
