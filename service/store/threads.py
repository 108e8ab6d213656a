"""Threads: all mails that one person gets about one session refer to the first of them, so that they stand together."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, func, select

from service.store.batch import in_batch
from service.store.kinds import Kind
from service.store.ledger import DeliveryState, key_of
from service.store.tables import deliveries

__all__ = ["find_threads"]

_ABOUT_SESSIONS: Final = (
    Kind.REMINDER,
    Kind.SPEAKER,
    Kind.MOVED,
    Kind.CANCELLED,
    Kind.RESTORED,
    Kind.INVITATION,
)

# A person has few mails: they are found by the person, never by the session, which may have a hundred thousand.
_EARLIER: Final = deliveries.alias("earlier")
_FIRST: Final = (
    select(deliveries.c.id, func.min(_EARLIER.c.id).label("first"))
    .join(
        _EARLIER,
        and_(
            _EARLIER.c.kind.in_(_ABOUT_SESSIONS),
            _EARLIER.c.participant_id == deliveries.c.participant_id,
            _EARLIER.c.session == deliveries.c.session,
            _EARLIER.c.id < deliveries.c.id,
            _EARLIER.c.state == DeliveryState.SENT,
        ),
    )
    .where(in_batch(deliveries.c.id), deliveries.c.kind.in_(_ABOUT_SESSIONS))
    .group_by(deliveries.c.id)
)
_THESE: Final[Select[Any]] = select(
    deliveries.c.id,
    deliveries.c.kind,
    deliveries.c.series,
    deliveries.c.participant_id,
    deliveries.c.session,
    deliveries.c.starts_at,
    deliveries.c.rule,
).where(in_batch(deliveries.c.id))


def find_threads(connection: Connection, batch: Sequence[int]) -> Mapping[int, str]:
    """For each delivery of the batch that is not the first about its session: the key of the first that was sent."""
    first = {row.id: row.first for row in connection.execute(_FIRST, {"batch": batch})}
    if not first:
        return {}
    keys = {row.id: key_of(row) for row in connection.execute(_THESE, {"batch": list(set(first.values()))})}
    return {later: keys[earlier] for later, earlier in first.items()}
