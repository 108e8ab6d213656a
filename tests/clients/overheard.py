"""What is said between a program and the service, noted on the way."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import Final

__all__ = ["Asked", "overhearing"]

_END_OF_HEAD: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request and the status of its answer; the names of `headers` are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    status: int


@asynccontextmanager
async def overhearing(port: int, asked: list[Asked]) -> AsyncIterator[int]:
    """Hand every request on to `port` of loopback and note it in `asked`; the port where they are taken.

    Requests have no body here, and every connection is for one of them.
    """

    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            try:
                head = await reader.readuntil(_END_OF_HEAD)
            except asyncio.IncompleteReadError:  # a connection that was opened and never used
                return
            line, headers = _read_head(head)
            answer = await _ask(port, line, headers)
            method, path, _ = line.split()
            asked.append(Asked(method, path, headers, int(answer.split()[1])))
            writer.write(answer)
            await writer.drain()

    server = await asyncio.start_server(hand_on, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def _read_head(head: bytes) -> tuple[str, dict[str, str]]:
    line, *fields = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    pairs = (field.partition(":") for field in fields)
    return line, {name.lower(): value.strip() for name, _, value in pairs}


async def _ask(port: int, line: str, headers: Mapping[str, str]) -> bytes:
    told = {**headers, "connection": "close"}
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer):
        writer.write(
            "\r\n".join((line, *(f"{name}: {value}" for name, value in told.items()), "", "")).encode("latin-1")
        )
        return await reader.read()
