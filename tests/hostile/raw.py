"""A client that sends any bytes and reads what comes back; and many of them at once."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

__all__ = ["Attack", "Reaction", "attack", "fetch", "throw_all"]

_PATIENCE_SECONDS = 0.3
_MOST_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Attack:
    """What is sent on one connection; `family` names what it tries."""

    family: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reaction:
    """What an attack was answered: the status of every response, in order; none if the connection was just closed."""

    attack: Attack
    statuses: tuple[int, ...]
    received: bytes


async def attack(port: int, what: Attack) -> Reaction:
    """Send it on a fresh connection, and read until the server closes or says no more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_MOST_READ)
    received = b""
    try:
        with suppress(ConnectionError, TimeoutError):
            writer.write(what.data)
            async with asyncio.timeout(_PATIENCE_SECONDS * 10):
                await writer.drain()
            received = await _read(reader, what.data)
    finally:
        writer.close()
        with suppress(ConnectionError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), 1)
    return Reaction(what, tuple(_list_statuses(received)), received)


async def throw_all(port: int, attacks: Iterable[Attack], *, at_once: int = 24) -> list[Reaction]:
    """Try every attack, some at a time."""
    waiting, reactions = iter(attacks), list[Reaction]()

    async def throw() -> None:
        for what in waiting:
            reactions.append(await attack(port, what))

    await asyncio.gather(*(throw() for _ in range(at_once)))
    return reactions


async def fetch(port: int, path: str) -> bytes:
    """The body of an ordinary GET. Raises AssertionError unless it is answered with 200."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_MOST_READ)
    try:
        writer.write(head)
        async with asyncio.timeout(10):
            response = await reader.read()
    finally:
        writer.close()
    status, _, rest = response.partition(b"\r\n")
    assert b" 200 " in status, (path, status)
    return rest.partition(b"\r\n\r\n")[2]


async def _read(reader: asyncio.StreamReader, sent: bytes) -> bytes:
    """What comes, until the connection ends, a lone response is complete, or nothing more seems to come."""
    received = b""
    is_lone = sent.count(b"HTTP/1.") == 1
    while len(received) < _MOST_READ:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                data = await reader.read(1 << 16)
        except TimeoutError:
            break
        if not data:
            break
        received += data
        if is_lone and _is_complete(received, sent):
            break
    return received


def _is_complete(received: bytes, sent: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return False
    if sent.startswith(b"HEAD ") or head.split(b" ", 2)[1] in (b"204", b"304"):
        return True
    lines = head.lower().split(b"\r\n")
    length = next((line.partition(b":")[2] for line in lines if line.startswith(b"content-length:")), None)
    return body.endswith(b"0\r\n\r\n") if length is None else len(body) >= int(length)


def _list_statuses(received: bytes) -> Iterable[int]:
    for part in received.split(b"HTTP/1.1 ")[1:]:
        if part[:3].isdigit():
            yield int(part[:3])
