"""The desk's keys: a link that opens it once, and the session that the link opens. Only digests of them are kept.

All times here are the machine's, whatever clock the service goes by: they are about a person in front of a browser.
"""

import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from service.store.keys import digest
from service.store.tables import desk_keys

__all__ = ["IDLE", "LASTING", "LINK_WORKS", "close", "is_link", "is_open", "issue_link", "open_with"]

LINK_WORKS: Final = timedelta(minutes=15)
"""How long a link waits for whoever asked for it."""

IDLE: Final = timedelta(hours=1)
"""A session that is left alone for so long is over."""

LASTING: Final = timedelta(hours=12)
"""And none lasts longer than this."""

_STEP: Final = timedelta(minutes=1)


class _Purpose(StrEnum):
    LINK = "link"
    SESSION = "session"


def issue_link(connection: Connection, now: datetime) -> str:
    """The token of a new link (144 bits)."""
    token = secrets.token_urlsafe(18)
    _keep(connection, _Purpose.LINK, token, now + LINK_WORKS)
    return token


def is_link(connection: Connection, token: str, now: datetime) -> bool:
    """Whether the link would open the desk. Looking does not use it up."""
    return _expiry(connection, _Purpose.LINK, token, now) is not None


def open_with(connection: Connection, token: str, now: datetime) -> str | None:
    """Use up a link: the token of the session that it opens; None if it works no more, or never did."""
    fits = (desk_keys.c.digest == digest(token)) & (desk_keys.c.purpose == _Purpose.LINK)
    if not connection.execute(delete(desk_keys).where(fits & (desk_keys.c.expires_at > now))).rowcount:
        return None
    session = f"{int(now.timestamp())}.{secrets.token_urlsafe(18)}"  # when it began, which its digest seals
    _keep(connection, _Purpose.SESSION, session, now + IDLE)
    return session


def is_open(connection: Connection, session: str, now: datetime) -> bool:
    """Whether the desk is open for whoever holds this session; it then stays so for a while."""
    expires_at = _expiry(connection, _Purpose.SESSION, session, now)
    if expires_at is None:
        return False
    last = datetime.fromtimestamp(int(session.partition(".")[0]), UTC) + LASTING
    until = min(now + IDLE, last)
    if until - expires_at >= _STEP:  # not at every look
        mine = desk_keys.c.digest == digest(session)
        connection.execute(update(desk_keys).where(mine).values(expires_at=until))
    return True


def close(connection: Connection, session: str) -> None:
    """End a session, if there is one."""
    connection.execute(delete(desk_keys).where(desk_keys.c.digest == digest(session)))


def _keep(connection: Connection, purpose: _Purpose, token: str, expires_at: datetime) -> None:
    values = {"digest": digest(token), "purpose": purpose, "expires_at": expires_at}
    connection.execute(insert(desk_keys).values(**values))


def _expiry(connection: Connection, purpose: _Purpose, token: str, now: datetime) -> datetime | None:
    mine = (desk_keys.c.digest == digest(token)) & (desk_keys.c.purpose == purpose)
    query = select(desk_keys.c.expires_at).where(mine & (desk_keys.c.expires_at > now))
    found: datetime | None = connection.execute(query).scalar_one_or_none()
    return found
