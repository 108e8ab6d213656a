"""A mail server that takes everything and remembers what it accepted: the judge of what really left."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

__all__ = ["Sink"]

_PATH = re.compile(rb"(?i)RCPT TO:<([^>]*)>")
_MESSAGE_ID = re.compile(rb"(?im)^Message-ID: *(<[^>]+>)")


@dataclass
class Sink:
    """An SMTP server on a free port of loopback, with PIPELINING (RFC 2920).

    `latency` in seconds passes before and again after a mail is accepted, so that whoever is killed meanwhile cannot
    know. `accepted` counts the mails by recipient, `copies` all of them; `messages` are each recipient's Message-IDs.
    """

    latency: float = 0.0
    accepted: Counter[str] = field(default_factory=Counter)
    copies: int = 0
    messages: dict[str, set[str]] = field(default_factory=dict)
    port: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    async def reach(self, total: int, *, within: float = 60.0) -> None:
        """Wait until so many mails have come in all. Raises `TimeoutError` after `within` seconds."""
        async with asyncio.timeout(within):
            while self.copies < total:
                self._changed.clear()
                await self._changed.wait()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 sink\r\n")
            recipient = ""
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"EHLO":
                    writer.write(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
                elif verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    await self._accept(recipient, content)
                    writer.write(b"250 2.0.0 taken\r\n")
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                else:
                    if found := _PATH.match(line):
                        recipient = found[1].decode()
                    writer.write(b"250 ok\r\n")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _accept(self, recipient: str, content: bytes) -> None:
        await asyncio.sleep(self.latency)
        self.accepted[recipient] += 1
        self.copies += 1
        if found := _MESSAGE_ID.search(content):
            self.messages.setdefault(recipient, set()).add(found[1].decode())
        self._changed.set()
        await asyncio.sleep(self.latency)
