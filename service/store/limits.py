"""Limits: how much mail may be caused by typing addresses into forms, and what the visitor is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, insert, select

from service.store.flooding import note_refusal
from service.store.keys import Keys
from service.store.participants import State, key_of
from service.store.tables import participants, signups

__all__ = [
    "PER_ADDRESS",
    "REMEMBERED",
    "SHARES",
    "Answer",
    "Asked",
    "Pace",
    "judge",
    "list_asked",
    "share_of",
    "within_limits",
]

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
REMEMBERED: Final = timedelta(days=30)
"""For how long limits need to know who asked."""

PER_ADDRESS: Final = ((1, timedelta(minutes=10)), (3, _DAY), (5, REMEMBERED))
"""How many mails one address may get, in which time."""


class Pace(NamedTuple):
    """How many, in the last hour and in the last day."""

    hour: int
    day: int


SHARES: Final = (
    (Pace(100, 500), Pace(50, 100)),
    (Pace(200, 1000), Pace(5, 20)),
    (Pace(400, 2000), Pace(1, 1)),
)
"""While all together caused fewer mails than the first, one network may ask as often as the second.

A class of forty behind one address of a campus gets in within the hour. A flood uses up the share of the networks that
it comes from, and leaves the rest to everybody else.
"""

_LATELY: Final = timedelta(days=7)
_ENOUGH_TO_JUDGE: Final = 20
_TIME_TO_CONFIRM: Final = _HOUR


class Answer(Enum):
    """What the form may say. It depends on the visitor and the hour, never on the address."""

    WELCOME = "welcome"
    DOUBT = "doubt"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody typed an address, cleaned and checked; `client` is the visitor's network.

    `is_person` says that a question was answered that programs stumble over.
    """

    address: str
    client: str
    is_person: bool = False


def share_of(together: Pace) -> Pace:
    """How often one network may ask while all `together` caused so many mails."""
    shares = (share for most, share in SHARES if together.hour < most.hour and together.day < most.day)
    return next(shares, Pace(0, 0))


def judge(connection: Connection, keys: Keys, wish: Asked, now: datetime) -> Answer:
    """How a visitor is answered: by their network and the hour, whatever the address."""
    together, asked = _look_back(connection, now, keys.fingerprint(wish.client))
    share = share_of(together)
    if asked.hour >= share.hour or asked.day >= share.day:
        return Answer.TOO_MANY
    if not wish.is_person and _is_doubtful(connection, now):
        return Answer.DOUBT
    return Answer.WELCOME


def within_limits(connection: Connection, keys: Keys, wish: Asked, now: datetime, mail: Callable[[], bool]) -> Answer:
    """Let `mail` owe what it will, if the limits allow; it tells whether it did. How the visitor is answered."""
    answer = judge(connection, keys, wish, now)
    if answer is not Answer.WELCOME:
        note_refusal(connection, is_doubt=answer is Answer.DOUBT, now=now)
        return answer
    client, address = keys.fingerprint(wish.client), keys.fingerprint(_mailbox(wish.address))
    is_mailed = not _has_enough(connection, address, now) and mail()
    # Only what was mailed counts for the address, and for all: whoever keeps trying cannot lock others out.
    connection.execute(insert(signups).values(asked_at=now, client=client, address=address if is_mailed else ""))
    return answer


def list_asked(connection: Connection, keys: Keys, address: str) -> list[datetime]:
    """When mail was caused by typing this address into a form, as far as that is remembered."""
    whose = signups.c.address == keys.fingerprint(_mailbox(address))
    return list(connection.execute(select(signups.c.asked_at).where(whose).order_by(signups.c.asked_at)).scalars())


def _look_back(connection: Connection, now: datetime, client: str) -> tuple[Pace, Pace]:
    """How many mails all together caused lately, and how often this network asked."""
    in_the_hour = signups.c.asked_at > now - _HOUR
    counts = [
        func.count().filter(condition)
        for whose in (signups.c.address != "", signups.c.client == client)
        for condition in (whose & in_the_hour, whose)
    ]
    lately = select(*counts).where(signups.c.asked_at > now - _DAY)
    found = connection.execute(lately).one()
    return Pace(found[0], found[1]), Pace(found[2], found[3])


def _has_enough(connection: Connection, address: str, now: datetime) -> bool:
    counts = [func.count().filter(signups.c.asked_at > now - span) for _, span in PER_ADDRESS]
    found = connection.execute(select(*counts).where(signups.c.address == address)).one()
    return any(count >= most for count, (most, _) in zip(found, PER_ADDRESS, strict=True))


def _is_doubtful(connection: Connection, now: datetime) -> bool:
    """Whether less than a third of those who registered in the last week said yes to it: then it is programs that ask.

    Of people, most do. A doubt that is wrong costs a person one more question, so that few are enough to judge by.
    """
    had_time = participants.c.created_at.between(now - _LATELY, now - _TIME_TO_CONFIRM)
    said_yes = func.count().filter(participants.c.state != State.PENDING)
    asked, answered = connection.execute(select(func.count(), said_yes).where(had_time)).one()
    return bool(asked >= _ENOUGH_TO_JUDGE and 3 * answered < asked)


def _mailbox(address: str) -> str:
    """One name for the many spellings that reach the same inbox."""
    local, _, domain = key_of(address).rpartition("@")
    local = local.partition("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"
