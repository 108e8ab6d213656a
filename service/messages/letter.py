"""A letter: one message worded for everybody who shares language and time zone, ready to be addressed to each."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from markupsafe import escape

from service.messages.header import clean_header, write_mailbox, write_token
from service.messages.skeleton import Skeleton

__all__ = ["Addressee", "Body", "Letter"]

_URL = re.compile(r"https?://[!#-;=?-~]+")
_BOUNDARY = b"=_studybell"  # base64 has neither character, so no part can contain it
_TEXT = b"--" + _BOUNDARY + b"\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
_HTML = b"--" + _BOUNDARY + b"\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
_END = b"--" + _BOUNDARY + b"--\r\n"
_MULTIPART = b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="' + _BOUNDARY + b'"\r\n\r\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """The one who gets a mail, and the parts of it that are theirs alone.

    `message_id` and `thread_id` (the first mail about the same session, or empty) stand in angle brackets. URLs are
    http or https; a letter needs those that its kind of message speaks of.
    """

    email: str
    message_id: str
    name: str = ""
    unsubscribe_url: str = ""
    preferences_url: str = ""
    confirm_url: str = ""
    thread_id: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says, as plain text and as HTML."""

    text: Skeleton
    html: Skeleton


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message in one language and time zone.

    `fields` are the addresses of an addressee that it speaks of. `named` greets by name; it is None for a letter that
    tells nobody's name, to which an addressee's name makes no difference. `problems` lists the templates of the
    operator's that failed and were replaced.
    """

    subject: str
    head: bytes
    fields: frozenset[str]
    nameless: Body
    named: Body | None = None
    problems: tuple[str, ...] = ()

    def address(self, recipient: Addressee, *, sent_at: datetime) -> bytes:
        """The finished mail for `recipient`: 7bit, CRLF, `sent_at` (aware) as its Date.

        The same arguments give the same bytes. Raises ValueError if an address, identifier or URL cannot be written.
        """
        name = clean_header(recipient.name) if self.named else ""
        body = self.named if self.named and name else self.nameless
        urls = {field: _check_url(field, getattr(recipient, field)) for field in self.fields}
        text = {field: url.encode() for field, url in urls.items()}
        html = {field: url.replace("&", "&amp;").encode() for field, url in urls.items()}
        text["name"], html["name"] = name.encode(), str(escape(name)).encode()
        return b"".join(
            (
                *self._personal_headers(recipient, name, sent_at),
                self.head,
                _MULTIPART,
                _TEXT,
                body.text.fill(text),
                _HTML,
                body.html.fill(html),
                _END,
            )
        )

    def _personal_headers(self, recipient: Addressee, name: str, sent_at: datetime) -> list[bytes]:
        headers = [
            write_mailbox("To", recipient.email, name),
            write_token("Date", format_datetime(sent_at.astimezone(UTC))),
            write_token("Message-ID", recipient.message_id),
        ]
        if recipient.thread_id:
            headers.append(write_token("In-Reply-To", recipient.thread_id))
            headers.append(write_token("References", recipient.thread_id))
        if "unsubscribe_url" in self.fields:
            headers.append(write_token("List-Unsubscribe", f"<{recipient.unsubscribe_url}>"))
            headers.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        return headers


def _check_url(field: str, url: str) -> str:
    if not _URL.fullmatch(url):
        raise ValueError(f"{field} cannot be {url[:60]!r}: it must be an http or https address")
    return url
