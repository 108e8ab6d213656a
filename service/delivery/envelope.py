"""An envelope: one mail ready for the wire, and the faults that keep it off the wire."""

from dataclasses import dataclass
from typing import Final

__all__ = ["Envelope", "find_fault"]

_LINE_LIMIT: Final = 998  # RFC 5322 2.1.1, without CRLF
_LOCAL_PART_LIMIT: Final = 64  # RFC 5321 4.5.3.1.1, octets
_ADDRESS_LIMIT: Final = 254  # RFC 5321 4.5.3.1.3, without the angle brackets


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail for one recipient.

    `sender` is the address that bounces go to; empty is the null sender. `content` is the whole message, header and
    body, as CRLF lines of at most 998 ASCII characters (7bit), not dot-stuffed.
    """

    sender: str
    recipient: str
    content: bytes


def find_fault(envelope: Envelope, *, smtputf8: bool = False) -> str:
    """Say why this envelope must not go on the wire, or return the empty string.

    No address may carry what could end or extend an SMTP command; no content may carry a bare CR, LF or NUL, by which
    one mail could be read as two. Addresses beyond ASCII need a relay that announces `smtputf8` (RFC 6531).
    """
    if not envelope.recipient:
        return "the recipient is empty"
    for role, address in (("recipient", envelope.recipient), ("sender", envelope.sender)):
        if address and (fault := _find_address_fault(address, smtputf8=smtputf8)):
            return f"the {role} {fault}"
    return _find_content_fault(envelope.content)


def _find_address_fault(address: str, *, smtputf8: bool) -> str:
    local_part, at, domain = address.rpartition("@")
    if not (at and local_part and domain):
        return "has no local part or no domain"
    if not address.isprintable() or not set(address).isdisjoint(" <>"):
        return "contains a blank, an angle bracket or a control character"
    if not address.isascii() and not smtputf8:
        return "is not ASCII, and the relay does not announce SMTPUTF8"
    if len(local_part.encode()) > _LOCAL_PART_LIMIT or len(address.encode()) > _ADDRESS_LIMIT:
        return "is longer than RFC 5321 allows"
    return ""


def _find_content_fault(content: bytes) -> str:
    if not content:
        return "the content is empty"
    if not content.isascii():
        return "the content is not 7bit"
    if b"\0" in content:
        return "the content contains NUL"
    lines = content.split(b"\r\n")
    text = b"".join(lines)
    if b"\r" in text or b"\n" in text:
        return "the content contains a bare CR or LF"
    if max(map(len, lines)) > _LINE_LIMIT:
        return "the content has a line of more than 998 characters"
    return ""
