"""Signing: on every line each mail gets a signature of each key, made beside the event loop just before it leaves."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.delivery.dkim import Promise, Signed, write_signature
from service.delivery.envelope import Envelope
from service.delivery.outcome import Outcome
from service.delivery.signing_key import SigningKey
from service.delivery.transport import Commit, Follow, Line, Transport, nobody

__all__ = ["Signer", "SigningTransport"]


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs mails for a `domain`, that of the sender, with all of its `keys`: receivers take the one they know."""

    domain: str
    keys: Sequence[SigningKey]

    @property
    def is_slow(self) -> bool:
        """Whether a signature takes so long that nothing else should wait for it."""
        return any(key.kind == "rsa" for key in self.keys)

    def sign(self, content: bytes, now: datetime) -> bytes:
        """The mail, signed `now` (aware); it must leave as it is, to the byte."""
        signed = Signed.of(content)
        signatures = [
            write_signature(signed, Promise(self.domain, key.selector, key.algorithm), now, key.sign)
            for key in self.keys
        ]
        return b"".join((*signatures, content))


@dataclass(frozen=True, slots=True)
class SigningTransport:
    """A transport over which only signed mails leave. `now` gives the service's time."""

    transport: Transport
    signer: Signer
    now: Callable[[], datetime]

    async def connect(self) -> Line:
        """Open a line. Raises `Unreachable`."""
        return _SigningLine(await self.transport.connect(), self.signer, self.now)


@dataclass(frozen=True, slots=True)
class _SigningLine:
    _line: Line
    _signer: Signer
    _now: Callable[[], datetime]

    @property
    def usable(self) -> bool:
        return self._line.usable

    async def hand_over(self, envelope: Envelope, commit: Commit, follow: Follow = nobody) -> Outcome:
        sign, content, now = self._signer.sign, envelope.content, self._now()
        # An RSA signature takes longer than all else, and meanwhile the interpreter is free for others; one of Ed25519
        # is made sooner than a thread could be told to.
        content = await asyncio.to_thread(sign, content, now) if self._signer.is_slow else sign(content, now)
        return await self._line.hand_over(envelope._replace(blocks=(content,)), commit, follow)

    async def close(self) -> None:
        await self._line.close()
