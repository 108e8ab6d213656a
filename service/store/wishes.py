"""Wishes: how participants want to be reminded, when they want to be left alone, and the links by which they say so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, delete, literal, select, update

from service.store.keys import Keys, Purpose
from service.store.kinds import PAUSABLE
from service.store.ledger import IS_PLANNED
from service.store.participants import Participant, State, by_id, everywhere, key_of, remember_token
from service.store.tables import Instant, deliveries, participants, tokens
from service.store.withdrawing import PAUSED, withdrawn

__all__ = ["Choice", "bring_along", "introduce", "pause", "prefer", "renew_links", "resume"]

_OWN_LINKS: Final = (Purpose.PREFERENCES, Purpose.UNSUBSCRIBE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a participant has chosen, as it is kept (see `Participant`)."""

    leads: str = ""
    digest: bool = False
    invitations: bool = False
    paused_until: datetime | None = None


def prefer(
    connection: Connection,
    participant: Participant,
    *,
    leads: str,
    digest: bool,
    invitations: bool,
    now: datetime,
) -> Participant:
    """Set which mails a participant wants of this series.

    New times hold from `now` on: nothing already due is sent again.
    """
    change: dict[str, Any] = {"leads": leads, "digest": digest, "invitations": invitations}
    if leads != participant.leads:
        change["since"] = now
    connection.execute(update(participants).where(participants.c.id == participant.id).values(**change))
    return by_id(connection, participant.id)


def bring_along(connection: Connection, participant: Participant, choice: Choice) -> None:
    """Set what somebody had chosen where the organiser brings them from, for this registration alone."""
    change = {"leads": choice.leads, "digest": choice.digest, "invitations": choice.invitations}
    change |= {"paused_until": choice.paused_until}
    connection.execute(update(participants).where(participants.c.id == participant.id).values(**change))


def introduce(
    connection: Connection, participant: Participant, *, name: str, language: str, timezone: str, now: datetime
) -> Participant:
    """Set what the person is called, reads and lives by, for every series. A new time zone holds from `now` on."""
    since = case((participants.c.timezone != timezone, _if_any(now)), else_=participants.c.since)
    change = {"name": name, "language": language, "timezone": timezone, "since": since}
    connection.execute(update(participants).where(_is_theirs(participant)).values(**change))
    return by_id(connection, participant.id)


def pause(connection: Connection, participant: Participant, until: datetime, now: datetime) -> Participant:
    """Remind the person of no session of any series before `until`: nothing that falls due till then is ever sent."""
    theirs = _is_theirs(participant)
    connection.execute(update(participants).where(theirs).values(paused_until=until))
    whose = deliveries.c.participant_id.in_(select(participants.c.id).where(theirs))
    planned = update(deliveries).where(IS_PLANNED, whose, deliveries.c.kind.in_(PAUSABLE))
    connection.execute(planned.values(**withdrawn(PAUSED, now)))
    return by_id(connection, participant.id)


def resume(connection: Connection, participant: Participant, now: datetime) -> Participant:
    """End the person's pause before its time: reminders that fall due from `now` on are owed again."""
    paused = _is_theirs(participant) & (participants.c.paused_until > now)
    connection.execute(update(participants).where(paused).values(paused_until=None, since=_if_any(now)))
    return by_id(connection, participant.id)


def renew_links(connection: Connection, keys: Keys, participant: Participant, now: datetime) -> Participant:
    """Give the person new links: those in the mails of any series that were sent before lead nowhere from `now` on.

    It stays known that they once did, so that a calendar that still asks by one can be told to stop.
    """
    for one in everywhere(connection, participant.address):
        if one.state is State.PENDING:
            continue  # nothing was mailed yet but a link to confirm, which shows nothing
        theirs = tokens.c.participant_id == one.id
        connection.execute(delete(tokens).where(theirs, tokens.c.purpose == Purpose.CONFIRM))
        connection.execute(update(tokens).where(theirs, tokens.c.expires_at.is_(None)).values(expires_at=now))
        risen = update(participants).where(participants.c.id == one.id).values(generation=one.generation + 1)
        connection.execute(risen)
        for purpose in _OWN_LINKS:
            remember_token(connection, keys, by_id(connection, one.id), purpose)
    return by_id(connection, participant.id)


def _is_theirs(participant: Participant) -> ColumnElement[bool]:
    """Every registration of the person's address."""
    return participants.c.address_key == key_of(participant.address)


def _if_any(now: datetime) -> ColumnElement[Any]:
    """`now` as the instant from which reminders are owed, if any are."""
    return case((participants.c.since.is_not(None), literal(now, Instant())), else_=None)
