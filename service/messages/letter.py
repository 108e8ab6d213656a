"""A letter: one message worded for everybody who shares language and time zone, ready to be addressed to each."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import NamedTuple

from markupsafe import escape

from service.messages.enclosure import MIXED, Enclosure
from service.messages.header import clean_header, write_mailbox, write_token, write_tokens
from service.messages.skeleton import Skeleton

__all__ = ["Addressee", "Body", "Letter"]

_URL = re.compile(r"https?://[!#-;=?-~]+")
_BOUNDARY = b"=_studybell"  # base64 has neither character, so no part can contain it
_TEXT = b"--" + _BOUNDARY + b"\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
_HTML = b"--" + _BOUNDARY + b"\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
_END = b"--" + _BOUNDARY + b"--\r\n"
_NEXT = b"--" + _BOUNDARY + b"\r\n"
_FORMS = b'Content-Type: multipart/alternative; boundary="' + _BOUNDARY + b'"\r\n\r\n'
_MULTIPART = b"MIME-Version: 1.0\r\n" + _FORMS


class Addressee(NamedTuple):
    """The one who gets a mail, and the parts of it that are theirs alone.

    `message_id` and `thread_id` (the first mail about the same session, or empty) stand in angle brackets. URLs are
    http or https; a letter needs those that its kind of message speaks of. A mail to `unsubscribe_address`, if there is
    one, unsubscribes, too.
    """

    email: str
    message_id: str
    name: str = ""
    unsubscribe_url: str = ""
    unsubscribe_address: str = ""
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
    operator's that failed and were replaced. An `enclosure` is for the reader's calendar.
    """

    subject: str
    head: bytes
    fields: frozenset[str]
    nameless: Body
    named: Body | None = None
    enclosure: Enclosure | None = None
    problems: tuple[str, ...] = ()

    def address(self, recipient: Addressee, *, sent_at: datetime) -> bytes:
        """The finished mail for `recipient`: 7bit, CRLF, `sent_at` (aware) as its Date.

        The same arguments give the same bytes. Raises ValueError if an address, identifier or URL cannot be written.
        """
        return b"".join(self.address_in_blocks(recipient, sent_at=sent_at))

    def address_in_blocks(self, recipient: Addressee, *, sent_at: datetime) -> tuple[bytes, ...]:
        """The finished mail in blocks of whole lines; what all recipients read are the same blocks. See `address`."""
        name = clean_header(recipient.name) if self.named else ""
        body = self.named if self.named and name else self.nameless
        urls = {field: _check_url(field, getattr(recipient, field)) for field in self.fields}
        text = {field: url.encode() for field, url in urls.items()}
        html = {field: url.replace("&", "&amp;").encode() for field, url in urls.items()}
        text["name"], html["name"] = name.encode(), str(escape(name)).encode()
        headers = (*self._personal_headers(recipient, name, sent_at), self.head)
        words = (_TEXT, *body.text.fill(text), _HTML, *body.html.fill(html))
        if self.enclosure is None:
            return (*headers, _MULTIPART, *words, _END)
        filled = self.enclosure.fill(recipient.email)
        form, file = self.enclosure.write_form(filled), self.enclosure.write_file(filled)
        return (*headers, MIXED, _FORMS, *words, _NEXT, form, _END, file)

    def _personal_headers(self, recipient: Addressee, name: str, sent_at: datetime) -> list[bytes]:
        headers = [
            write_mailbox("To", recipient.email, name),
            _write_date(sent_at.replace(microsecond=0)),
            write_token("Message-ID", recipient.message_id),
        ]
        if recipient.thread_id:
            headers.append(write_token("In-Reply-To", recipient.thread_id))
            headers.append(write_token("References", recipient.thread_id))
        if "unsubscribe_url" in self.fields:
            headers.append(write_tokens("List-Unsubscribe", _list_ways_out(recipient)))
            headers.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        return headers


def _list_ways_out(recipient: Addressee) -> list[str]:
    """How a mail program lets its user leave (RFC 2369 3.2): the first way counts (RFC 8058)."""
    ways = [f"<{recipient.unsubscribe_url}>"]
    if recipient.unsubscribe_address:
        ways.append(f"<mailto:{recipient.unsubscribe_address}?subject=unsubscribe>")
    return ways


@lru_cache(8)  # thousands of mails leave within a second
def _write_date(sent_at: datetime) -> bytes:
    return write_token("Date", format_datetime(sent_at.astimezone(UTC)))


def _check_url(field: str, url: str) -> str:
    if not _URL.fullmatch(url):
        raise ValueError(f"{field} cannot be {url[:60]!r}: it must be an http or https address")
    return url
