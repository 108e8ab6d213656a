"""A skeleton: a mail part encoded once for everybody, into which each reader's own words are joined.

Base64 (RFC 2045 6.8) turns three bytes into four characters, so how a text is encoded depends only on where it
stands modulo three. What everybody reads is therefore encoded beforehand at all three positions; for each reader
only the few bytes around their own words are encoded anew. Lines may be of any length up to 76 characters.
"""

import re
from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Skeleton", "blank"]

# Clean texts hold no noncharacters, so nothing that is quoted in a mail can be taken for a blank.
_BLANK = re.compile("\ufffe([a-z_]+)\uffff")
_BYTES_PER_LINE = 57


def blank(field: str) -> str:
    """The mark that a rendered text carries where a reader's own `field` is to be joined in."""
    return f"\ufffe{field}\uffff"


@dataclass(frozen=True, slots=True)
class _Position:
    """A stretch of text as it is encoded after `head` completed the group of three bytes before it."""

    head: bytes
    lines: bytes
    tail: bytes


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A text with blanks in it. `fields` names the blanks in order; a stretch of text stands around each of them."""

    fields: tuple[str, ...]
    stretches: tuple[tuple[_Position, _Position, _Position], ...]

    @classmethod
    def of(cls, text: str) -> "Skeleton":
        """The skeleton of a text with `blank`s; line ends become CRLF, as RFC 2045 6.8 wants them."""
        pieces = _BLANK.split(text.replace("\r\n", "\n").replace("\n", "\r\n"))
        stretches = (piece.encode() for piece in pieces[::2])
        return cls(tuple(pieces[1::2]), tuple((_cut(s, 0), _cut(s, 1), _cut(s, 2)) for s in stretches))

    def fill(self, values: Mapping[str, bytes]) -> list[bytes]:
        """The whole text in base64 with CRLF line ends, `values` in its blanks, in blocks of whole lines."""
        parts: list[bytes] = []
        waiting = b""
        for stretch, field in zip(self.stretches, (*self.fields, None), strict=True):
            position = stretch[-len(waiting) % 3]
            waiting += position.head
            if len(waiting) % 3 == 0:
                parts += (_encode(waiting), position.lines)
                waiting = position.tail
            if field is not None:
                waiting += values[field]
        parts.append(_encode(waiting))
        return [part for part in parts if part]


def _cut(stretch: bytes, head: int) -> _Position:
    body = stretch[head:]
    whole = len(body) - len(body) % 3
    return _Position(stretch[:head], _encode(body[:whole]), body[whole:])


def _encode(data: bytes) -> bytes:
    if len(data) <= _BYTES_PER_LINE:
        return b2a_base64(data, newline=False) + b"\r\n" if data else b""
    if len(data) <= 2 * _BYTES_PER_LINE:  # as around a link, the usual case
        first, second = data[:_BYTES_PER_LINE], data[_BYTES_PER_LINE:]
        return b2a_base64(first, newline=False) + b"\r\n" + b2a_base64(second, newline=False) + b"\r\n"
    lines = (data[start : start + _BYTES_PER_LINE] for start in range(0, len(data), _BYTES_PER_LINE))
    return b"".join(b2a_base64(line, newline=False) + b"\r\n" for line in lines)
