"""A proxy before PostgreSQL that now and then swallows the answer to a COMMIT: done, but nobody hears of it."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Swallowing", "swallowing"]


@dataclass(slots=True)
class Swallowing:
    """Listens at `port` of loopback. The answer to a `share` of all commits is `swallowed`, the connection with it."""

    target: Path
    chance: random.Random
    share: float = 0.0
    port: int = 0
    swallowed: int = 0

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        from_server, to_server = await asyncio.open_unix_connection(self.target)
        doomed = asyncio.Event()
        ways = (
            asyncio.ensure_future(self._pass_questions(reader, to_server, doomed)),
            asyncio.ensure_future(self._pass_answers(from_server, writer, doomed)),
        )
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            to_server.close()
            writer.transport.abort()

    async def _pass_questions(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        while octets := await reader.read(1 << 16):
            if b"COMMIT" in octets and self.chance.random() < self.share:
                doomed.set()
            writer.write(octets)
            await writer.drain()

    async def _pass_answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        while octets := await reader.read(1 << 16):
            if doomed.is_set():
                self.swallowed += 1
                return
            writer.write(octets)
            await writer.drain()


@asynccontextmanager
async def swallowing(target: Path, chance: random.Random) -> AsyncIterator[Swallowing]:
    """A proxy before the server that listens on the socket `target`; it swallows nothing at first."""
    proxy = Swallowing(target, chance)
    server = await asyncio.start_server(proxy.pass_on, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
