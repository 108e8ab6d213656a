"""Membership: how participants come, and go."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from service.store.attempts import forget
from service.store.keys import Keys, Purpose
from service.store.ledger import DeliveryState
from service.store.participants import Participant, State, by_id, find, key_of, remember_token
from service.store.tables import bounces, deliveries, participants
from service.store.welcoming import welcome
from service.store.withdrawing import withdrawn

__all__ = [
    "UNDO_WITHIN",
    "add",
    "confirm",
    "erase",
    "erase_person",
    "join_another",
    "may_return",
    "remove",
    "unsubscribe",
]

UNDO_WITHIN: Final = timedelta(days=7)
"""How long after unsubscribing the link to unsubscribe can take that back."""


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
    if present and present.state is State.SUPPRESSED:
        _forgive(connection, address)
    if present:
        values["left_at"] = None
        connection.execute(update(participants).where(participants.c.id == present.id).values(**values))
        return by_id(connection, present.id)
    values |= {"series": series, "address_key": key_of(address), "created_at": now}
    new_id = connection.execute(insert(participants).values(**values).returning(participants.c.id)).scalar_one()
    return by_id(connection, new_id)


def confirm(connection: Connection, keys: Keys, participant: Participant, now: datetime) -> Participant:
    """The person behind the address said yes: reminders that fall due from `now` on are owed, and a welcome, once.

    Idempotent.
    """
    for purpose in (Purpose.PREFERENCES, Purpose.UNSUBSCRIBE):
        remember_token(connection, keys, participant, purpose)
    if participant.state is State.CONFIRMED or participant.state is State.SUPPRESSED:
        return participant
    change = {"state": State.CONFIRMED, "since": now, "left_at": None}
    connection.execute(update(participants).where(participants.c.id == participant.id).values(**change))
    welcome(connection, participant.id, now)
    return by_id(connection, participant.id)


def join_another(connection: Connection, keys: Keys, person: Participant, series: str, now: datetime) -> Participant:
    """Register somebody who has said yes to mails of one series for another one, or again for one that they left.

    Language, time zone and pause are as there. An address that mail does not reach stays as it is.
    """
    if person.state is State.SUPPRESSED:
        return person
    same: dict[str, Any] = {"name": person.name, "language": person.language, "timezone": person.timezone}
    present = find(connection, series, person.address) or add(
        connection, series=series, address=person.address, **same, state=State.PENDING, now=now
    )
    change = update(participants).where(participants.c.id == present.id)
    connection.execute(change.values(**same, paused_until=person.paused_until))
    return confirm(connection, keys, present, now)


def unsubscribe(
    connection: Connection, participant: Participant, now: datetime, reason: str = "unsubscribed"
) -> Participant:
    """The person wants no more mail of this series: nothing open is sent any more, for this `reason`. Idempotent."""
    if participant.state not in (State.UNSUBSCRIBED, State.SUPPRESSED):
        change = {"state": State.UNSUBSCRIBED, "left_at": now}
        connection.execute(update(participants).where(participants.c.id == participant.id).values(**change))
    planned = (deliveries.c.participant_id == participant.id) & (deliveries.c.state == DeliveryState.PLANNED)
    connection.execute(update(deliveries).where(planned).values(**withdrawn(reason, now)))
    return by_id(connection, participant.id)


def may_return(participant: Participant, now: datetime) -> bool:
    """Whether the link to unsubscribe can still take it back at `now`."""
    if participant.state is not State.UNSUBSCRIBED:
        return True
    return participant.left_at is not None and now < participant.left_at + UNDO_WITHIN


def remove(connection: Connection, series: str, addresses: Sequence[str], now: datetime) -> int:
    """Erase registrations; how many there were."""
    keys = [key_of(address) for address in addresses]
    return erase(connection, (participants.c.series == series) & participants.c.address_key.in_(keys), now)


def erase_person(connection: Connection, participant: Participant, now: datetime) -> int:
    """Erase every registration of the participant's address; how many there were."""
    return erase(connection, participants.c.address_key == key_of(participant.address), now)


def erase(connection: Connection, whom: ColumnElement[bool], now: datetime) -> int:
    """Erase everybody whom the condition names; how many there were.

    The ledger keeps its rows, which then name nobody, not even in what a mail server said.
    """
    ids = select(participants.c.id).where(whom)
    theirs = deliveries.c.participant_id.in_(ids)
    planned = theirs & (deliveries.c.state == DeliveryState.PLANNED)
    connection.execute(update(deliveries).where(planned).values(**withdrawn("erased", now)))
    address = select(participants.c.address).where(participants.c.id == deliveries.c.participant_id).scalar_subquery()
    nameless = func.replace(deliveries.c.reason, address, "…")
    connection.execute(update(deliveries).where(theirs, deliveries.c.reason != "").values(reason=nameless))
    connection.execute(delete(bounces).where(bounces.c.participant_id.in_(ids)))
    forget(connection, select(deliveries.c.id).where(theirs))
    return connection.execute(delete(participants).where(whom)).rowcount


def _forgive(connection: Connection, address: str) -> None:
    """What came back before is not held against the address again."""
    same = select(participants.c.id).where(participants.c.address_key == key_of(address))
    connection.execute(delete(bounces).where(bounces.c.participant_id.in_(same)))
