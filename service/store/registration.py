"""Registration: somebody typed an address into a form; what is mailed to it because of that.

Every door through which a stranger can cause mail leads through here, `register` or `send_link`, within the `limits`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from service.store.keys import Keys, Purpose
from service.store.ledger import Kind
from service.store.limits import Answer, Asked, within_limits
from service.store.membership import add
from service.store.owing import owe
from service.store.participants import State, everywhere, remember_token

__all__ = ["Registration", "register", "send_link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Asked):
    """What was typed into the form of a series."""

    series: str
    name: str
    language: str
    timezone: str


def register(connection: Connection, keys: Keys, wish: Registration, *, now: datetime, until: datetime) -> Answer:
    """Take a wish to register and owe the mail it deserves, if any; it can be confirmed until `until`.

    A stranger's address gets a confirmation, a confirmed one a mail that says so; neither more often than the limits
    allow, and a suppressed one gets nothing. In doubtful times only a person causes mail.
    """
    return within_limits(connection, keys, wish, now, lambda: _invite(connection, keys, wish, now, until))


def send_link(connection: Connection, keys: Keys, wish: Asked, *, now: datetime, until: datetime) -> Answer:
    """Owe whoever has lost the link to their preferences a mail that has it, if they are registered for anything."""

    def mail() -> bool:
        theirs = [one for one in everywhere(connection, wish.address) if one.state is State.CONFIRMED]
        for one in theirs[:1]:  # from the page of one series all others can be reached
            owe(connection, Kind.KNOWN, one.series, one.id, now, until)
        return bool(theirs)

    return within_limits(connection, keys, wish, now, mail)


def _invite(connection: Connection, keys: Keys, wish: Registration, now: datetime, until: datetime) -> bool:
    participant = add(
        connection,
        series=wish.series,
        address=wish.address,
        name=wish.name,
        language=wish.language,
        timezone=wish.timezone,
        state=State.PENDING,
        now=now,
    )
    if participant.state is State.PENDING:
        remember_token(connection, keys, participant, Purpose.CONFIRM, expires_at=until)
        owe(connection, Kind.CONFIRMATION, participant.series, participant.id, now, until)
    elif participant.state is State.CONFIRMED:
        owe(connection, Kind.KNOWN, participant.series, participant.id, now, until)
    return True  # to a suppressed address nothing is mailed, but to keep trying it is the same
