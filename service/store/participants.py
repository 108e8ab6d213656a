"""Participants: who registered for which series, in which language, zone and lead times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from service.reminders.occasion import Audience
from service.store.keys import Keys, Purpose, digest
from service.store.tables import deliveries, participants, tokens

__all__ = [
    "CONFIRM_WITHIN",
    "Participant",
    "State",
    "add",
    "all_audiences",
    "audiences",
    "by_id",
    "by_token",
    "confirm",
    "find",
    "key_of",
    "list_all",
    "prefer",
    "remember_token",
    "remove",
    "same_person",
    "unsubscribe",
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
    which reminders are owed: nothing that was due before is sent."""

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


def key_of(address: str) -> str:
    """What tells whether two spellings of an address are one mailbox."""
    return address.strip().lower()


def add(
    connection: Connection,
    *,
    series: str,
    address: str,
    name: str = "",
    language: str,
    timezone: str,
    state: State,
    now: datetime,
) -> Participant:
    """Register an address, or bring a registration that is not confirmed yet up to date.

    A confirmed participant is returned as it is: only the person behind the address may change it. So is one whose
    address is suppressed, unless the organiser confirms it by hand.
    """
    present = find(connection, series, address)
    if present and (present.state is State.CONFIRMED or (present.state is State.SUPPRESSED and state is State.PENDING)):
        return present
    values: dict[str, Any] = {
        "address": address,
        "name": name,
        "language": language,
        "timezone": timezone,
        "state": state,
        "since": now if state is State.CONFIRMED else None,
    }
    if present:
        connection.execute(update(participants).where(participants.c.id == present.id).values(**values))
        return by_id(connection, present.id)
    values |= {"series": series, "address_key": key_of(address), "created_at": now}
    new_id = connection.execute(insert(participants).values(**values).returning(participants.c.id)).scalar_one()
    return by_id(connection, new_id)


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


def same_person(connection: Connection, participant: Participant) -> tuple[Participant, ...]:
    """Every registration of the participant's address that is confirmed, by series."""
    condition = (participants.c.address_key == key_of(participant.address)) & (participants.c.state == State.CONFIRMED)
    rows = connection.execute(select(participants).where(condition).order_by(participants.c.series))
    return tuple(map(_participant, rows))


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


def remember_token(
    connection: Connection, keys: Keys, participant: Participant, purpose: Purpose, expires_at: datetime | None = None
) -> None:
    """Make the participant's link for `purpose` work, until `expires_at` if given."""
    hashed = digest(keys.token(purpose, participant.id, participant.generation))
    connection.execute(delete(tokens).where(tokens.c.digest == hashed))
    values = {"digest": hashed, "purpose": purpose, "participant_id": participant.id, "expires_at": expires_at}
    connection.execute(insert(tokens).values(**values))


def confirm(connection: Connection, keys: Keys, participant: Participant, now: datetime) -> Participant:
    """The person behind the address said yes: reminders that fall due from `now` on are owed. Idempotent."""
    for purpose in (Purpose.PREFERENCES, Purpose.UNSUBSCRIBE):
        remember_token(connection, keys, participant, purpose)
    if participant.state is State.CONFIRMED or participant.state is State.SUPPRESSED:
        return participant
    change = {"state": State.CONFIRMED, "since": now, "left_at": None}
    connection.execute(update(participants).where(participants.c.id == participant.id).values(**change))
    return by_id(connection, participant.id)


def unsubscribe(connection: Connection, participant: Participant, now: datetime) -> Participant:
    """The person wants no more mail of this series: nothing open is sent any more. Idempotent."""
    if participant.state not in (State.UNSUBSCRIBED, State.SUPPRESSED):
        change = {"state": State.UNSUBSCRIBED, "left_at": now}
        connection.execute(update(participants).where(participants.c.id == participant.id).values(**change))
    open_mail = (deliveries.c.participant_id == participant.id) & (deliveries.c.state == "planned")
    connection.execute(
        update(deliveries).where(open_mail).values(state="cancelled", reason="unsubscribed", settled_at=now)
    )
    return by_id(connection, participant.id)


def prefer(
    connection: Connection,
    participant: Participant,
    *,
    name: str,
    language: str,
    timezone: str,
    leads: str,
    now: datetime,
) -> Participant:
    """Set how a participant wants to be reminded. New times hold from `now` on: nothing already due is sent again."""
    change: dict[str, Any] = {"name": name, "language": language, "timezone": timezone, "leads": leads}
    if (timezone, leads) != (participant.timezone, participant.leads):
        change["since"] = now
    connection.execute(update(participants).where(participants.c.id == participant.id).values(**change))
    return by_id(connection, participant.id)


def remove(connection: Connection, series: str, addresses: Sequence[str]) -> int:
    """Erase registrations and what is still open for them; how many there were."""
    condition = (participants.c.series == series) & participants.c.address_key.in_([key_of(a) for a in addresses])
    ids = list(connection.execute(select(participants.c.id).where(condition)).scalars())
    connection.execute(delete(deliveries).where(deliveries.c.participant_id.in_(ids)))
    connection.execute(delete(participants).where(participants.c.id.in_(ids)))
    return len(ids)


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
    )
