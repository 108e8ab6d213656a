"""Registration: somebody typed an address into the form; what may be mailed to it because of that.

Every door that can cause mail to an unconfirmed address leads through `register`, and the limits stand here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from service.store.keys import Keys, Purpose
from service.store.ledger import Kind
from service.store.membership import add
from service.store.owing import owe
from service.store.participants import State, key_of, remember_token
from service.store.tables import signups

__all__ = ["Answer", "Registration", "register"]

# (how many, in which time). A class of forty behind one address of a campus must get in within the hour.
PER_ADDRESS: Final = ((1, timedelta(minutes=10)), (3, timedelta(days=1)), (5, timedelta(days=30)))
PER_CLIENT: Final = ((50, timedelta(hours=1)), (100, timedelta(days=1)))
IN_ALL: Final = ((200, timedelta(hours=1)), (1000, timedelta(days=1)))
_REMEMBERED: Final = timedelta(days=30)


class Answer(Enum):
    """What the form may say. It depends on the visitor and the hour, never on the address."""

    WELCOME = "welcome"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What was typed into the form, cleaned and checked; `client` is the visitor's network."""

    series: str
    address: str
    name: str
    language: str
    timezone: str
    client: str


def register(connection: Connection, keys: Keys, wish: Registration, *, now: datetime, until: datetime) -> Answer:
    """Take a wish to register and owe the mail it deserves, if any; it can be confirmed until `until`.

    A stranger's address gets a confirmation, a confirmed one a mail that says so; neither more often than the limits
    allow, and a suppressed one gets nothing.
    """
    client, address = keys.fingerprint(wish.client), keys.fingerprint(_mailbox(wish.address))
    connection.execute(delete(signups).where(signups.c.asked_at < now - _REMEMBERED))
    if _reached(connection, PER_CLIENT, now, signups.c.client == client) or _reached(connection, IN_ALL, now):
        return Answer.TOO_MANY
    over = _reached(connection, PER_ADDRESS, now, signups.c.address == address)
    # Only what was mailed counts for the address: whoever keeps trying cannot lock its owner out.
    connection.execute(insert(signups).values(asked_at=now, client=client, address="" if over else address))
    if not over:
        _invite(connection, keys, wish, now, until)
    return Answer.WELCOME


def _invite(connection: Connection, keys: Keys, wish: Registration, now: datetime, until: datetime) -> None:
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


def _reached(
    connection: Connection, limits: tuple[tuple[int, timedelta], ...], now: datetime, *condition: object
) -> bool:
    counts = [func.count().filter(signups.c.asked_at > now - span) for _, span in limits]
    found = connection.execute(select(*counts).where(*condition)).one()  # type: ignore[arg-type]
    return any(count >= most for count, (most, _) in zip(found, limits, strict=True))


def _mailbox(address: str) -> str:
    """One name for the many spellings that reach the same inbox."""
    local, _, domain = key_of(address).rpartition("@")
    local = local.partition("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"
