"""Participants: who registered for which series, in which language, zone and lead times."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, exists, func, insert, select

from service.reminders.occasion import Audience
from service.store.keys import Keys, Purpose, digest
from service.store.tables import choices, participants, tokens

__all__ = [
    "CONFIRM_WITHIN",
    "Participant",
    "State",
    "all_audiences",
    "audiences",
    "by_id",
    "by_token",
    "count_choices",
    "everywhere",
    "find",
    "is_replaced",
    "key_of",
    "list_all",
    "remember_token",
    "same_person",
]

CONFIRM_WITHIN: Final = timedelta(hours=72)
"""How long a link to confirm a registration works."""


class State(StrEnum):
    """Whether a participant gets mail: only a confirmed one does."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """An address registered for one series. `leads` is empty for the series' own rules; `since` is the instant from
    which reminders are owed: nothing that was due before is sent. None falls due before `paused_until` either.

    `digest` and `invitations` are mails that the person has chosen besides. `left_at` is when they unsubscribed.
    """

    id: int
    series: str
    address: str
    name: str
    language: str
    timezone: str
    leads: str
    state: State
    generation: int
    since: datetime | None
    left_at: datetime | None = None
    paused_until: datetime | None = None
    digest: bool = False
    invitations: bool = False

    def is_paused(self, now: datetime) -> bool:
        """Whether this person wants no reminders for the time being."""
        return self.paused_until is not None and now < self.paused_until


def key_of(address: str) -> str:
    """What tells whether two spellings of an address are one mailbox."""
    return address.strip().lower()


def find(connection: Connection, series: str, address: str) -> Participant | None:
    """The registration of an address for a series."""
    condition = (participants.c.series == series) & (participants.c.address_key == key_of(address))
    row = connection.execute(select(participants).where(condition)).one_or_none()
    return _participant(row) if row else None


def by_id(connection: Connection, participant_id: int) -> Participant:
    """The participant with this id. Raises `sqlalchemy.exc.NoResultFound`."""
    return _participant(connection.execute(select(participants).where(participants.c.id == participant_id)).one())


def by_token(connection: Connection, purpose: Purpose, token: str, now: datetime) -> Participant | None:
    """Whose link this is, if it serves `purpose` and has not run out."""
    condition = (tokens.c.digest == digest(token)) & (tokens.c.purpose == purpose)
    query = select(participants, tokens.c.expires_at).join(tokens).where(condition)
    row = connection.execute(query).one_or_none()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return _participant(row)


def is_replaced(connection: Connection, token: str, now: datetime) -> bool:
    """Whether this was a link to somebody's preferences, for which they have a new one now."""
    was_theirs = (tokens.c.digest == digest(token)) & (tokens.c.purpose != Purpose.CONFIRM)
    return bool(connection.execute(select(exists().where(was_theirs, tokens.c.expires_at <= now))).scalar_one())


def everywhere(connection: Connection, address: str) -> tuple[Participant, ...]:
    """Every registration of an address, whatever its state, by series."""
    condition = participants.c.address_key == key_of(address)
    rows = connection.execute(select(participants).where(condition).order_by(participants.c.series))
    return tuple(map(_participant, rows))


def same_person(connection: Connection, participant: Participant) -> tuple[Participant, ...]:
    """Every registration of the participant's address that is confirmed, by series."""
    return tuple(one for one in everywhere(connection, participant.address) if one.state is State.CONFIRMED)


def list_all(connection: Connection, series: str | None = None) -> tuple[Participant, ...]:
    """All participants, or those of one series, by series and address."""
    query = select(participants).order_by(participants.c.series, participants.c.address_key)
    if series is not None:
        query = query.where(participants.c.series == series)
    return tuple(map(_participant, connection.execute(query)))


def audiences(connection: Connection, series: str) -> tuple[tuple[Audience, int], ...]:
    """The audiences of a series, each with how many confirmed participants it has."""
    return all_audiences(connection, series).get(series, ())


def all_audiences(connection: Connection, only: str | None = None) -> dict[str, tuple[tuple[Audience, int], ...]]:
    """The audiences of every series that has any (or of `only` one), by slug."""
    group = (participants.c.series, participants.c.timezone, participants.c.leads)
    query = (
        select(*group, func.count()).where(participants.c.state == State.CONFIRMED).group_by(*group).order_by(*group)
    )
    if only is not None:
        query = query.where(participants.c.series == only)
    return {
        slug: tuple((Audience(timezone, leads), count) for _, timezone, leads, count in found)
        for slug, found in groupby(connection.execute(query), key=itemgetter(0))
    }


def count_choices(connection: Connection) -> int:
    """How often anybody came, went or chose otherwise: as long as it stays the same, so do all audiences."""
    return int(connection.execute(select(func.coalesce(func.sum(choices.c.total), 0))).scalar_one())


def remember_token(
    connection: Connection, keys: Keys, participant: Participant, purpose: Purpose, expires_at: datetime | None = None
) -> None:
    """Make the participant's link for `purpose` work, until `expires_at` if given."""
    hashed = digest(keys.token(purpose, participant.id, participant.generation))
    connection.execute(delete(tokens).where(tokens.c.digest == hashed))
    values = {"digest": hashed, "purpose": purpose, "participant_id": participant.id, "expires_at": expires_at}
    connection.execute(insert(tokens).values(**values))


def _participant(row: Row[Any]) -> Participant:
    return Participant(
        id=row.id,
        series=row.series,
        address=row.address,
        name=row.name,
        language=row.language,
        timezone=row.timezone,
        leads=row.leads,
        state=State(row.state),
        generation=row.generation,
        since=row.since,
        left_at=row.left_at,
        paused_until=row.paused_until,
        digest=row.digest,
        invitations=row.invitations,
    )
