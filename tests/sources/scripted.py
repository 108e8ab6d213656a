"""A scripted web server on a loopback address, listeners that count their visitors, and names that lead to them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from socket import AF_INET, AF_INET6, create_server, has_dualstack_ipv6
from typing import Any

from service.sources.reach import Reach

__all__ = ["Names", "Question", "ScriptedSite", "Visits", "build_answer", "count_visits", "reach_loopback", "serve"]


def reach_loopback(network: str = "127.0.0.0/8", **changes: Any) -> Reach:
    """A reach to servers of this machine, with some of its parts changed."""
    return replace(Reach(allowed_networks=(ip_network(network),), connect_seconds=1, seconds=3), **changes)


class Names:
    """A resolver that gives every name the next of these answers, and the last one from then on."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._answers = answers

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


@dataclass(frozen=True)
class Question:
    """One request as it came: `fields` has lower-case names."""

    target: str
    fields: dict[str, str]


Script = Callable[[Question], bytes | AsyncIterator[bytes]]


@dataclass
class ScriptedSite:
    """Answers each question with the bytes, or the slow bytes, that `script` gives. `sent` counts bytes."""

    script: Script
    questions: list[Question] = field(default_factory=list)
    sent: int = 0
    port: int = 0

    def url(self, path: str = "/season.md", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
            fields = dict(line.split(": ", 1) for line in head[1:] if line)
            question = Question(head[0].split(" ")[1], {name.lower(): value for name, value in fields.items()})
            self.questions.append(question)
            answer = self.script(question)
            async for piece in _give_at_once(answer) if isinstance(answer, bytes) else answer:
                writer.write(piece)
                await writer.drain()
                self.sent += len(piece)
        writer.close()


@asynccontextmanager
async def serve(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedSite]:
    """A site on a port of its own, by every address of 127/8."""
    site = ScriptedSite(script)
    server = await asyncio.start_server(site.talk, "0.0.0.0", 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        await server.wait_closed()


async def _give_at_once(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


def build_answer(content: bytes = b"", status: str = "200 OK", **fields: str) -> bytes:
    """An answer with its length; underscores in the names of `fields` become hyphens."""
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n{head}\r\n".encode() + content


@dataclass
class Visits:
    """How often anybody connected to a port of this machine; counted once the block has ended."""

    port: int
    count: int = 0


@contextmanager
def count_visits() -> Iterator[Visits]:
    """A listener by every address of this machine, IPv6 too where there is any."""
    dual = has_dualstack_ipv6()
    place, family = (("::", 0), AF_INET6) if dual else (("0.0.0.0", 0), AF_INET)
    with create_server(place, family=family, dualstack_ipv6=dual) as listener:
        visits = Visits(listener.getsockname()[1])
        yield visits
        listener.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                listener.accept()[0].close()
                visits.count += 1
