"""Intake: what is done about a mail that came back."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from service.delivery.returned import Bounced, Complained, Ignored, Leaving, Returned
from service.delivery.settling import tidy_reason
from service.delivery.verp import Errand, Token
from service.store.bounces import COMPLAINT, Bounce, is_about_us, note_bounce
from service.store.ledger import Delivery, find
from service.store.membership import unsubscribe
from service.store.participants import Participant, by_id

__all__ = ["take_in"]


def take_in(connection: Connection, returned: Returned, now: datetime) -> str:
    """Do what follows from `returned`; what was done, for a log: it names nobody. Idempotent."""
    match returned:
        case Ignored(why):
            return f"ignored: {why}"
        case Bounced(delivery_id, status, said):
            return _note(connection, delivery_id, Bounce(now, status, tidy_reason(said), returned=True))
        case Leaving(participant_id, generation):
            return _let_go(connection, Token(Errand.LEAVE, participant_id, generation), "unsubscribed", now)
        case Complained(token):
            return _let_go(connection, token, "complained", now)


def _note(connection: Connection, delivery_id: int, bounce: Bounce) -> str:
    delivery = find(connection, delivery_id)
    if delivery is None:
        return f"ignored: delivery={delivery_id} came back, but it is not in the ledger"
    words = f"delivery={delivery_id} came back, status {bounce.status or 'unknown'}"
    if note_bounce(connection, delivery, bounce):
        return f"{words}: its address gets no more mails"
    return f"{words}: this speaks of us, not of the reader" if is_about_us(bounce.status) else words


def _let_go(connection: Connection, token: Token, reason: str, now: datetime) -> str:
    delivery = find(connection, token.number) if token.errand is Errand.BOUNCE else None
    person = _find_person(connection, token, delivery)
    if person is None:
        return f"ignored: somebody {reason} who is not registered any more, or has another link now"
    if delivery:
        note_bounce(connection, delivery, Bounce(now, COMPLAINT, "", returned=True))
    unsubscribe(connection, person, now, reason)
    return f"participant={person.id} {reason}: no more mails of {person.series}"


def _find_person(connection: Connection, token: Token, delivery: Delivery | None) -> Participant | None:
    try:
        if token.errand is Errand.BOUNCE:
            return by_id(connection, delivery.participant_id) if delivery else None
        person = by_id(connection, token.number)
    except NoResultFound:
        return None
    return person if person.generation == token.stamp else None
