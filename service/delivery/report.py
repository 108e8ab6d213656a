"""Reports about mails: that one could not be delivered (RFC 3464), or that its reader complains of it (RFC 5965)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from typing import Final

from service.delivery.status import find_status

__all__ = ["Failure", "find_failure", "is_complaint", "list_parts", "quote", "read_field", "read_fields", "read_text"]

_LIMIT: Final = 500
_STATUSES: Final = ("message/delivery-status", "message/global-delivery-status")
_FEEDBACK: Final = "message/feedback-report"
_COMPLAINTS: Final = frozenset(("abuse", "fraud", "opt-out", "opt-out-list", "other"))
_BLANK_LINE: Final = re.compile(r"\r?\n\r?\n")
_HEADERS: Final = ("text/rfc822-headers", "message/global-headers")


@dataclass(frozen=True, slots=True)
class Failure:
    """A mail that will not be delivered: the status of RFC 3463 (empty: none is known), and what was said."""

    status: str
    said: str


def list_parts(message: Message) -> Iterator[Message]:
    """The parts that a mail is made of, itself first; not those of mails that it quotes."""
    yield message
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from list_parts(part)


def read_field(message: Message, name: str) -> str:
    """A header field as one line of at most 500 characters, whatever bytes it was made of; empty if it is not there."""
    return " ".join(next(_read_fields(message, name), "").split())[:_LIMIT]


def read_fields(message: Message, *names: str) -> list[str]:
    """All header fields of these names, or of whatever name if there is none given."""
    return [value for name in names or ("",) for value in _read_fields(message, name)]


def read_text(part: Message) -> str:
    """The text of a part, its characters guessed."""
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def find_failure(parts: list[Message]) -> Failure | bool:
    """What failed for good, by a notification on delivery status; True if it tells of no failure, False if it is none.

    A mail of ours has one recipient, whatever names they have on its way: so any failure is this mail's.
    """
    groups = [group for part in parts if part.get_content_type() in _STATUSES for group in _list_groups(part)]
    for group in groups:
        action = read_field(group, "Action").lower()
        if action.startswith("failed"):
            said = read_field(group, "Diagnostic-Code")
            return Failure(find_status(read_field(group, "Status"), said), said)
    return bool(groups)


def is_complaint(parts: list[Message]) -> bool | None:
    """Whether a report on feedback is a complaint; None if this is no such report."""
    reports = [fields for part in parts if part.get_content_type() == _FEEDBACK for fields in _list_children(part)]
    kinds = {read_field(fields, "Feedback-Type").lower() for fields in reports}
    return bool(kinds & _COMPLAINTS) if reports else None


def quote(parts: list[Message]) -> Iterator[str]:
    """What a report says of the mail that it is about: the fields on it, and the header of a copy."""
    for part in parts:
        if part.get_content_type() in _HEADERS:
            yield read_text(part)
        elif part.get_content_maintype() == "message":
            for child in _list_children(part):
                yield from read_fields(child)


def _read_fields(message: Message, name: str) -> Iterator[str]:
    """The fields of that name (empty: all), with bytes beyond ASCII read as UTF-8 if they are."""
    for key, value in message.raw_items():
        if not name or key.lower() == name.lower():
            yield str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _list_groups(part: Message) -> Iterator[Message]:
    """The groups of fields in a delivery status. The standard library tells apart those of the plain kind only."""
    for child in _list_children(part):
        yield child
        rest = child.get_payload()
        if isinstance(rest, str):
            yield from (message_from_string(block) for block in _BLANK_LINE.split(rest))


def _list_children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []
