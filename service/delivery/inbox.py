"""The inbox: an IMAP mailbox (RFC 3501) in which mails arrive that came back. What was seen to is marked as read."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from service.delivery.relay import Security, is_loopback
from service.delivery.returned import LARGEST
from service.remediable import Remediable

__all__ = ["Inbox", "InboxTrouble", "OpenInbox"]

_TIMEOUT_SECONDS: Final = 15


class InboxTrouble(Remediable):
    """The mailbox cannot be read now; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """How to reach the mailbox: what arrives in `folder`, and `done`, where what was understood goes (may be empty).

    Raises `ValueError` for a connection that would show the password to the network.
    """

    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done: str = ""

    def __post_init__(self) -> None:
        if self.security is Security.NONE and not is_loopback(self.host):
            raise ValueError(f'security "none" is for a loopback address only, not for {self.host}: use "tls"')

    @contextmanager
    def open(self, trust: ssl.SSLContext | None = None) -> Iterator["OpenInbox"]:
        """The mailbox, for as long as the context lasts; it blocks. Raises `InboxTrouble`."""
        try:
            trust = trust or ssl.create_default_context()
            session = self._connect(trust)
            try:
                if self.security is Security.STARTTLS:
                    session.starttls(trust)
                session.login(self.username, self.password)
                yield OpenInbox(session, self)
                session.logout()
            finally:
                with suppress(OSError):  # it is closed already
                    session.shutdown()
        except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
            raise InboxTrouble(f"the mailbox {self.username} at {self.host} cannot be read: {error}") from error

    def probe(self) -> None:
        """See that it can be read. Raises `InboxTrouble`."""
        with self.open():
            pass

    def _connect(self, trust: ssl.SSLContext) -> imaplib.IMAP4:
        if self.security is Security.TLS:
            return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=trust, timeout=_TIMEOUT_SECONDS)
        return imaplib.IMAP4(self.host, self.port, timeout=_TIMEOUT_SECONDS)


def _quote(folder: str) -> str:
    """A folder's name as a quoted string (RFC 3501 4.3)."""
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


class OpenInbox:
    """A mailbox that is open."""

    def __init__(self, session: imaplib.IMAP4, inbox: Inbox) -> None:
        """`session` is logged in; it goes to the folder in which mails arrive."""
        self._session = session
        self._inbox = inbox
        (capabilities, *_) = self._ask("CAPABILITY", *session.capability())
        self._can_move = b"MOVE" in capabilities.upper().split()  # RFC 6851; many offer it after the login only
        self._ask("SELECT", *session.select(_quote(inbox.folder)))

    def list_new(self, most: int) -> list[str]:
        """The numbers of up to `most` mails that were not seen to yet, the oldest first."""
        (found, *_) = self._ask("SEARCH", *self._session.uid("SEARCH", "UNSEEN"))
        return found.decode("ascii").split()[:most] if isinstance(found, bytes) else []

    def read(self, uid: str) -> bytes:
        """The beginning of a mail; empty if it is gone."""
        answer = self._ask("FETCH", *self._session.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)"))
        return next((part[1] for part in answer if isinstance(part, tuple)), b"")

    def put_away(self, uid: str, *, understood: bool) -> None:
        """Mark a mail as read; if it was `understood`, move it where such mails go, as far as there is such a place."""
        self._ask("STORE", *self._session.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))
        if not understood or not self._inbox.done:
            return
        if self._can_move:
            self._ask("MOVE", *self._session.uid("MOVE", uid, _quote(self._inbox.done)))
            return
        self._ask("COPY", *self._session.uid("COPY", uid, _quote(self._inbox.done)))
        self._ask("STORE", *self._session.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))

    @staticmethod
    def _ask(command: str, kind: str, answer: list[Any]) -> list[Any]:
        if kind != "OK":
            raise imaplib.IMAP4.error(f"{command}: {answer[0]!r}")
        return answer
