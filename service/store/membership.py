"""Membership: how participants come, change their wishes, and go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from service.store.keys import Keys, Purpose
from service.store.ledger import DeliveryState
from service.store.owing import withdrawn
from service.store.participants import Participant, State, by_id, find, key_of, remember_token
from service.store.tables import deliveries, participants

__all__ = ["add", "confirm", "prefer", "remove", "unsubscribe"]


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
    values: dict[str, Any] = {"address": address, "name": name, "language": language, "timezone": timezone}
    values |= {"state": state, "since": now if state is State.CONFIRMED else None}
    if present:
        connection.execute(update(participants).where(participants.c.id == present.id).values(**values))
        return by_id(connection, present.id)
    values |= {"series": series, "address_key": key_of(address), "created_at": now}
    new_id = connection.execute(insert(participants).values(**values).returning(participants.c.id)).scalar_one()
    return by_id(connection, new_id)


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
    planned = (deliveries.c.participant_id == participant.id) & (deliveries.c.state == DeliveryState.PLANNED)
    connection.execute(update(deliveries).where(planned).values(**withdrawn("unsubscribed", now)))
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


def remove(connection: Connection, series: str, addresses: Sequence[str], now: datetime) -> int:
    """Erase registrations; how many there were. The ledger keeps its rows, which then name nobody."""
    condition = (participants.c.series == series) & participants.c.address_key.in_([key_of(a) for a in addresses])
    ids = list(connection.execute(select(participants.c.id).where(condition)).scalars())
    planned = deliveries.c.participant_id.in_(ids) & (deliveries.c.state == DeliveryState.PLANNED)
    connection.execute(update(deliveries).where(planned).values(**withdrawn("erased", now)))
    connection.execute(delete(participants).where(participants.c.id.in_(ids)))
    return len(ids)
