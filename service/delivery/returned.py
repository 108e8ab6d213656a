"""What came back: a mail to a return address of ours is a bounce, a complaint, a wish to leave, or nothing to us.

Nothing here is ever answered, so no two programs can keep each other busy.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from typing import Final

from service.delivery.report import (
    Failure,
    find_failure,
    is_complaint,
    list_parts,
    quote,
    read_field,
    read_fields,
    read_text,
)
from service.delivery.status import find_status
from service.delivery.verp import Errand, Token, Verp

__all__ = ["LARGEST", "Bounced", "Complained", "Ignored", "Leaving", "Returned", "read_returned"]

LARGEST: Final = 256 * 1024
"""How many bytes of a mail are looked at: what it says of a failure stands before the copy of the mail that failed."""

_MOST_PARTS: Final = 50
_DIVIDES: Final = re.compile(rb"boundary|message/", re.IGNORECASE)
_LOOKED_AT: Final = 16 * 1024
_ADDRESSED: Final = (
    "To",
    "Cc",
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Forwarded-To",
    "Original-Recipient",
)
_MAILERS: Final = re.compile(r"mailer-daemon|postmaster|mail delivery|delivery subsystem", re.IGNORECASE)
_COPY: Final = re.compile(
    r"^.{0,80}(?:copy of (?:the|your) message|original message|below this line is|--- returned)",
    re.IGNORECASE | re.MULTILINE,
)
_REPLIES: Final = ("auto_reply", "auto-reply", "autoreply")


@dataclass(frozen=True, slots=True)
class Bounced:
    """A delivery did not reach its reader: the status of RFC 3463 (empty: none is known), and what was said."""

    delivery_id: int
    status: str
    said: str


@dataclass(frozen=True, slots=True)
class Complained:
    """The reader of what the token names calls it unwanted."""

    token: Token


@dataclass(frozen=True, slots=True)
class Leaving:
    """A participant unsubscribes by mail; `generation` is that of the mail with the address they wrote to."""

    participant_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing that concerns us, and why not."""

    why: str


Returned = Bounced | Complained | Leaving | Ignored


def read_returned(content: bytes, verp: Verp, now: datetime, recipient: str = "") -> Returned:
    """What a mail means that came to a return address, or to `recipient` if its envelope is known.

    Any bytes will do: nothing is raised, and at most `LARGEST` of them are read.
    """
    content = content[:LARGEST]
    if len(_DIVIDES.findall(content)) > _MOST_PARTS:
        return Ignored("it has too many parts")
    message = message_from_bytes(content)
    parts = list(list_parts(message))
    addressed = verp.find((recipient, *_list_addressed(message)), now)
    complains = is_complaint(parts)
    if complains is not None:
        return _read_complaint(addressed + verp.find(quote(parts), now), complains=complains)
    failure = find_failure(parts) or _find_odd_failure(message, parts, content[:_LOOKED_AT])
    if failure is True:
        return Ignored("it tells of no failure")
    if failure:
        return _read_failure(addressed + verp.find(quote(parts), now), failure)
    if _is_automatic(message):
        return Ignored("it was sent by a program, not by a person")
    leaving = [token for token in addressed if token.errand is Errand.LEAVE]
    if leaving:
        return Leaving(leaving[0].number, leaving[0].stamp)
    return Ignored("it is no report, and no wish to leave")


def _list_addressed(message: Message) -> list[str]:
    return read_fields(message, *_ADDRESSED)


def _read_complaint(tokens: list[Token], *, complains: bool) -> Returned:
    if not complains:
        return Ignored("it is a report, but no complaint")
    return Complained(tokens[0]) if tokens else Ignored("it is a complaint, but about no mail of ours")


def _read_failure(tokens: list[Token], failure: Failure) -> Returned:
    sent = [token for token in tokens if token.errand is Errand.BOUNCE]
    if not sent:
        return Ignored("it tells of a failure, but of no mail of ours")
    if failure.status.startswith(("2", "4")):
        return Ignored("it tells of a failure that may pass")
    return Bounced(sent[0].number, failure.status, failure.said)


def _find_odd_failure(message: Message, parts: list[Message], beginning: bytes) -> Failure | bool:
    """A failure that is told in words, as servers did before RFC 3464 and some do still; as `find_failure`."""
    failed = read_field(message, "X-Failed-Recipients")
    if not failed and not _is_of_mailer(message):
        return False
    said = next((read_text(part)[:_LOOKED_AT] for part in parts if part.get_content_type() == "text/plain"), "")
    temporary, permanent = _recognise(beginning)
    if permanent or failed:
        told = _COPY.split(said, maxsplit=1)[0]
        return Failure(find_status("5.0.0", told), " ".join(told.split())[:500])
    return bool(temporary)


def _recognise(content: bytes) -> tuple[frozenset[bytes], frozenset[bytes]]:
    from flufl.bounce import all_failures  # few mails are that odd

    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)  # it tells what it tries
    try:
        found: tuple[frozenset[bytes], frozenset[bytes]] = all_failures(message_from_bytes(content))
    except Exception:  # it knows many forms, but not all that bytes can take
        return frozenset(), frozenset()
    return found


def _is_of_mailer(message: Message) -> bool:
    return read_field(message, "Return-Path") == "<>" or bool(_MAILERS.search(read_field(message, "From")))


def _is_automatic(message: Message) -> bool:
    """Whether a program wrote this by itself (RFC 3834 5, and what was in use before)."""
    submitted = read_field(message, "Auto-Submitted").lower()
    return (
        submitted.startswith(("auto-replied", "auto-notified"))
        or read_field(message, "Precedence").lower() in _REPLIES
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From"))
        or _is_of_mailer(message)
    )
