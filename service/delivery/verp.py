"""Addresses that say what came back: each mail has a return address of its own (variable envelope return paths).

A bounce comes to `bounces+TOKEN@example.org`, where the token names the delivery and the day it left on; a wish to
leave to `bounces+u-TOKEN@example.org`, where it names the participant. Both are signed: nobody can speak for others.
"""

import hmac
import re
from base64 import b32decode, b32encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final

from service.keyed_hash import keyed_hash

__all__ = ["LONGEST_LOCAL_PART", "RETURNS_WITHIN", "Errand", "Token", "Verp"]

RETURNS_WITHIN: Final = timedelta(days=30)
"""How long a bounce may take: longer than any mail server keeps trying."""

_NUMBER_BYTES: Final = 5
_STAMP_BYTES: Final = 2
_MAC_BYTES: Final = 8
_TOKEN_LENGTH: Final = 24  # 15 bytes in base32, which needs no padding and outlives a change of case
_EPOCH: Final = date(2020, 1, 1)

LONGEST_LOCAL_PART: Final = 64 - len("+u-") - _TOKEN_LENGTH
"""How many characters the address may have before its @: with a token RFC 5321 4.5.3.1.1 allows 64."""


class Errand(StrEnum):
    """What an address is for, as it is written before its token."""

    BOUNCE = ""
    LEAVE = "u-"


@dataclass(frozen=True, slots=True)
class Token:
    """What an address names: a delivery, or a participant who wants to leave.

    `stamp` is the day (since 2020) on which the delivery left, or the generation of the participant's links.
    """

    errand: Errand
    number: int
    stamp: int


@dataclass(frozen=True)
class Verp:
    """Writes and reads return addresses of `mailbox`, whose own local part has at most `LONGEST_LOCAL_PART` octets."""

    mailbox: str
    secret: bytes = field(repr=False)

    def return_address(self, delivery_id: int, now: datetime) -> str:
        """The envelope's sender for a delivery that leaves `now`."""
        return self._write(Token(Errand.BOUNCE, delivery_id, _day(now)))

    def leave_address(self, participant_id: int, generation: int) -> str:
        """Where a participant's wish to unsubscribe by mail goes; it works as long as their links do."""
        return self._write(Token(Errand.LEAVE, participant_id, generation))

    def find(self, texts: Iterable[str], now: datetime) -> list[Token]:
        """The tokens of ours in the texts that are signed and, if they are a delivery's, at most 30 days old."""
        found = (self._read(match) for text in texts for match in self._pattern.finditer(text))
        return [token for token in found if token and _is_fresh(token, now)]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        local, _, domain = self.mailbox.rpartition("@")
        return re.compile(
            rf"(?<![^\s<:;,\"'=(]){re.escape(local)}\+(u-)?([a-z2-7]{{{_TOKEN_LENGTH}}})@{re.escape(domain)}(?![\w.-])",
            re.IGNORECASE | re.ASCII,
        )

    def _write(self, token: Token) -> str:
        local, _, domain = self.mailbox.rpartition("@")
        named = token.number.to_bytes(_NUMBER_BYTES, "big") + token.stamp.to_bytes(_STAMP_BYTES, "big")
        signed = b32encode(named + self._sign(token.errand, named)).decode("ascii").lower()
        return f"{local}+{token.errand}{signed}@{domain}"

    def _read(self, match: re.Match[str]) -> Token | None:
        errand = Errand.LEAVE if match[1] else Errand.BOUNCE
        written = b32decode(match[2].upper())
        named, mac = written[:-_MAC_BYTES], written[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._sign(errand, named)):
            return None
        number, stamp = named[:_NUMBER_BYTES], named[_NUMBER_BYTES:]
        return Token(errand, int.from_bytes(number, "big"), int.from_bytes(stamp, "big"))

    def _sign(self, errand: Errand, named: bytes) -> bytes:
        return keyed_hash(self.secret, f"{errand.name} by mail:".encode() + named)[:_MAC_BYTES]


def _day(now: datetime) -> int:
    return (now.astimezone(UTC).date() - _EPOCH).days


def _is_fresh(token: Token, now: datetime) -> bool:
    return token.errand is Errand.LEAVE or _day(now) - token.stamp <= RETURNS_WITHIN.days
