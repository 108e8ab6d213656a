"""The dossier: everything that is kept about one person, for nobody but themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from service.store.keys import Keys
from service.store.limits import list_asked
from service.store.participants import Participant, everywhere
from service.store.tables import attempts, bounces, deliveries, participants, tokens

__all__ = ["compile_dossier"]

_MAIL = (
    "kind", "session", "starts_at", "rule", "due_at", "state", "reason", "attempts", "doubts", "told_at", "created_at",
    "settled_at",
)  # fmt: skip
_ATTEMPT = ("at", "last_at", "times", "state", "reason")


def compile_dossier(connection: Connection, keys: Keys, participant: Participant) -> dict[str, Any]:
    """Whatever is kept about the participant's address, in every series, as JSON values; instants in UTC.

    Of links only the purpose is kept, and of who typed the address into a form only when.
    """
    return {
        "email": participant.address,
        "registrations": [_tell_registration(connection, one) for one in everywhere(connection, participant.address)],
        "mails_asked_for": [moment.isoformat() for moment in list_asked(connection, keys, participant.address)],
    }


def _tell_registration(connection: Connection, one: Participant) -> dict[str, Any]:
    registered_at = select(participants.c.created_at).where(participants.c.id == one.id)
    mails = select(*(deliveries.c[name] for name in _MAIL)).order_by(deliveries.c.due_at, deliveries.c.id)
    links = select(tokens.c.purpose, tokens.c.expires_at).order_by(tokens.c.purpose, tokens.c.expires_at)
    tries = select(deliveries.c.kind, deliveries.c.session, *(attempts.c[name] for name in _ATTEMPT))
    tries = tries.join(deliveries, deliveries.c.id == attempts.c.delivery_id).order_by(attempts.c.at, attempts.c.id)
    returned = select(bounces.c.at, bounces.c.status, bounces.c.text).order_by(bounces.c.at)
    return {
        "series": one.series,
        "address": one.address,
        "name": one.name,
        "language": one.language,
        "timezone": one.timezone,
        "reminders": one.leads,
        "weekly_summary": one.digest,
        "invitations": one.invitations,
        "state": one.state.value,
        "registered_at": _tell(connection.execute(registered_at).scalar_one()),
        "reminded_since": _tell(one.since),
        "paused_until": _tell(one.paused_until),
        "left_at": _tell(one.left_at),
        "mails": _list(connection, mails.where(deliveries.c.participant_id == one.id)),
        "mail_attempts": _list(connection, tries.where(deliveries.c.participant_id == one.id)),
        "links": _list(connection, links.where(tokens.c.participant_id == one.id)),
        "returned_mails": _list(connection, returned.where(bounces.c.participant_id == one.id)),
    }


def _list(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    rows: list[Row[Any]] = list(connection.execute(query))
    return [{name: _tell(value) for name, value in row._mapping.items()} for row in rows]


def _tell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
