"""A reply: what an SMTP server says to one command (RFC 5321 4.2), read from a stream of bytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

__all__ = ["Garbled", "Reply", "ReplyReader"]

_SIZE_LIMIT: Final = 64 * 1024  # octets of one reply; a generous EHLO takes a few thousand
_TEXT_LIMIT: Final = 500  # characters kept for a person to read
_LINE: Final = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_ENHANCED: Final = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
_UNREADABLE: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


class Garbled(Exception):
    """What came is no SMTP reply, or more of one than anybody needs."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply: its three-digit code and its text, the lines of a multi-line reply joined by blanks."""

    code: int
    text: str = ""

    @classmethod
    def read(cls, code: int, raw: bytes) -> Self:
        """Make a reply of bytes as they came: controls become blanks, and no more is kept than a person reads."""
        return cls(code, _tidy(raw))

    @property
    def enhanced(self) -> str:
        """The enhanced status code such as `5.1.1` (RFC 3463), empty if there is none."""
        found = _ENHANCED.match(self.text)
        return found[1] if found else ""


def _tidy(raw: bytes) -> str:
    return _UNREADABLE.sub(" ", raw.decode("utf-8", "replace"))[:_TEXT_LIMIT].strip()


@lru_cache(256)  # relays say the same to thousands of mails
def _read_line(line: bytes) -> tuple[Reply, bytes, bool]:
    """What one line says if it is a whole reply, its text as it came, and whether it is the last line of its reply."""
    found = _LINE.fullmatch(line.rstrip(b"\r\n"))
    if found is None:
        raise Garbled(f"not an SMTP reply: {_tidy(line[:80])}")
    text = found[3] or b""
    return Reply.read(int(found[1]), text), text, found[2] != b"-"


class ReplyReader:
    """Cuts the bytes of a connection into replies, however they were split on the way."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._lines: list[bytes] = []
        self._code = 0
        self._size = 0

    @property
    def is_midway(self) -> bool:
        """Whether a reply has begun and not ended."""
        return bool(self._pending or self._lines)

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Take the next bytes and yield the replies they complete; the iterator must be used up.

        Raises `Garbled` behind the last good reply; then nothing more can be read.
        """
        begin = 0
        while end := data.find(b"\n", begin) + 1:
            line = data[begin:end]
            if self._pending:
                line = bytes(self._pending) + line
                self._pending.clear()
            begin = end
            if reply := self._add_line(line):
                yield reply
        if begin == len(data):
            return
        self._pending += data[begin:]
        if self._size + len(self._pending) > _SIZE_LIMIT:
            raise Garbled("the reply is longer than 64 KiB")

    def _add_line(self, line: bytes) -> Reply | None:
        """Add one line to the reply; if it is the last one, the reply."""
        self._size += len(line)
        if self._size > _SIZE_LIMIT:
            raise Garbled("the reply is longer than 64 KiB")
        reply, text, is_last = _read_line(line)
        if self._lines and reply.code != self._code:
            raise Garbled(f"one reply with two codes, {self._code} and {reply.code}")
        if not is_last:
            self._code = reply.code
            self._lines.append(text)
            return None
        if self._lines:
            reply = Reply.read(reply.code, b" ".join([*self._lines, text]))
            self._lines = []
        self._size = 0
        return reply
