"""Pinging: heard while all is well, silent when it is not, and never a disturbance."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from service.store.database import DatabaseTrouble
from service.worker.pinging import keep_pinging

SOON = timedelta(seconds=0.02)


class Watcher:
    """Listens for pings, and answers with `status`."""

    def __init__(self, status: str = "200 OK") -> None:
        self.status = status
        self.heard: list[str] = []
        self.enough = asyncio.Event()
        self._wanted = 1
        self.url = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Watcher"]:
        async with await asyncio.start_server(self._hear, "127.0.0.1", 0) as server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ping/key"
            yield self

    async def has_heard(self, count: int) -> None:
        self._wanted = count
        await self.enough.wait()

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        self.heard.append(request.decode().splitlines()[0])
        if len(self.heard) >= self._wanted:
            self.enough.set()
        writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


async def well() -> bool:
    return True


@pytest.mark.parametrize("status", ["200 OK", "500 Oh no"])
async def test_as_long_as_all_is_well_the_watcher_hears_it(status: str) -> None:
    async with Watcher(status).listening() as watcher, asyncio.timeout(20), keep_pinging(watcher.url, well, SOON):
        await watcher.has_heard(3)

    assert set(watcher.heard) == {"GET /ping/key HTTP/1.1"}


async def test_when_all_is_not_well_it_hears_nothing_and_then_again() -> None:
    answers = iter([False, False, None, True])
    asked = 0

    async def look() -> bool:
        nonlocal asked
        asked += 1
        answer = next(answers)
        if answer is None:
            raise DatabaseTrouble("the database is away")
        return answer

    async with Watcher().listening() as watcher, asyncio.timeout(20), keep_pinging(watcher.url, look, SOON):
        await watcher.has_heard(1)

    assert asked == 4


async def test_a_watcher_that_is_away_disturbs_nobody_and_hears_when_it_is_back() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        looks, thrice = iter(range(1000)), asyncio.Event()

        async def look() -> bool:
            if next(looks) == 3:
                thrice.set()
            return True

        async with keep_pinging(url, look, SOON), asyncio.timeout(20):
            await thrice.wait()


async def test_without_an_address_nothing_is_asked() -> None:
    looked = asyncio.Event()

    async def look() -> bool:
        looked.set()
        return True

    async with keep_pinging("", look, SOON):
        await asyncio.sleep(0.05)

    assert not looked.is_set()
