"""An envelope: one mail ready for the wire, and the faults that keep it off the wire."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

__all__ = ["Envelope", "find_address_fault", "find_fault"]

_LINE_LIMIT: Final = 998  # RFC 5322 2.1.1, without CRLF
_LINES: Final = re.compile(rb"(?:[^\r\n\0\x80-\xff]{0,%d}\r\n)*+" % _LINE_LIMIT)
_LOCAL_PART_LIMIT: Final = 64  # RFC 5321 4.5.3.1.1, octets
_ADDRESS_LIMIT: Final = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
_SHARED: Final = 512
"""A block of so many octets is what everybody reads, so it is looked at once for all of them."""


class Envelope(NamedTuple):
    """One mail for one recipient.

    `sender` is the address that bounces go to; empty is the null sender. `blocks` are the whole message, header and
    body, as CRLF lines of at most 998 ASCII characters (7bit), not dot-stuffed; each block is made of whole lines.
    """

    sender: str
    recipient: str
    blocks: tuple[bytes, ...]

    @property
    def content(self) -> bytes:
        """The message in one piece."""
        return b"".join(self.blocks)


def find_fault(envelope: Envelope, *, smtputf8: bool = False) -> str:
    """Say why this envelope must not go on the wire, or return the empty string.

    No address may carry what could end or extend an SMTP command; no content may carry a bare CR, LF or NUL, by which
    one mail could be read as two. Addresses beyond ASCII need a relay that announces `smtputf8` (RFC 6531).
    """
    return find_address_fault(envelope, smtputf8=smtputf8) or _find_content_fault(envelope.blocks)


def find_address_fault(envelope: Envelope, *, smtputf8: bool = False) -> str:
    """`find_fault` as far as it concerns the addresses."""
    if not envelope.recipient:
        return "the recipient is empty"
    for role, address in (("recipient", envelope.recipient), ("sender", envelope.sender)):
        if address and (fault := _object_to(address, smtputf8=smtputf8)):
            return f"the {role} {fault}"
    return ""


def _object_to(address: str, *, smtputf8: bool) -> str:
    local_part, at, domain = address.rpartition("@")
    if not (at and local_part and domain):
        return "has no local part or no domain"
    if not address.isprintable() or " " in address or "<" in address or ">" in address:
        return "contains a blank, an angle bracket or a control character"
    if not address.isascii() and not smtputf8:
        return "is not ASCII, and the relay does not announce SMTPUTF8"
    if len(local_part.encode()) > _LOCAL_PART_LIMIT or len(address.encode()) > _ADDRESS_LIMIT:
        return "is longer than RFC 5321 allows"
    return ""


def _find_content_fault(blocks: tuple[bytes, ...]) -> str:
    if not blocks:
        return "the content is empty"
    own = []
    for block in blocks:
        if block[-2:] != b"\r\n":
            return "the content has a line without its end"
        if len(block) < _SHARED:
            own.append(block)
        elif fault := _find_shared_fault(block):
            return fault
    return _find_block_fault(b"".join(own))


def _find_block_fault(block: bytes) -> str:
    if _LINES.fullmatch(block):
        return ""
    if not block.isascii():
        return "the content is not 7bit"
    if b"\0" in block:
        return "the content contains NUL"
    if max(map(len, block.split(b"\r\n"))) > _LINE_LIMIT:
        return "the content has a line of more than 998 characters"
    return "the content contains a bare CR or LF"


_find_shared_fault: Final = lru_cache(256)(_find_block_fault)
