"""Being asked to stop: at any moment of the start, while a mail is on its way, and a second time."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from service.app.service import open_app
from service.clock import SystemClock
from service.settings.values import Settings
from service.store.ledger import DeliveryState, tally
from tests.whole.installation import install, invite, running, serving, stop

PEOPLE = 3


class SlowRelay:
    """A mail server that takes long to answer the final dot."""

    def __init__(self) -> None:
        self.port = self.taken = 0
        self.dot, self.go_on = asyncio.Event(), asyncio.Event()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 hello\r\n")
            while line := await reader.readline():
                if line.upper().startswith(b"DATA"):
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    self.dot.set()
                    await self.go_on.wait()
                    self.taken += 1
                writer.write(b"250 ok\r\n")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def slow_relay() -> AsyncIterator[SlowRelay]:
    relay = SlowRelay()
    server = await asyncio.start_server(relay.talk, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        relay.go_on.set()
        server.close()


def set_up(folder: Path, relay: SlowRelay) -> Settings:
    settings = install(folder, smtp_port=relay.port, starts=SystemClock().now() + timedelta(minutes=40))
    invite(settings, PEOPLE)
    return settings


def count(settings: Settings) -> dict[DeliveryState, int]:
    with running(settings) as store:
        states = store.database.submit(tally).result()
    return {state: number for state, number in states.items() if number}


async def test_a_stop_waits_for_the_mails_that_are_on_their_way(tmp_path: Path) -> None:
    async with slow_relay() as relay:
        settings = set_up(tmp_path, relay)
        async with serving(settings) as service:
            await asyncio.wait_for(relay.dot.wait(), 60)
            service.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.5)
            assert service.returncode is None
            relay.go_on.set()
            assert await asyncio.wait_for(service.wait(), 30) == 0

    states = count(settings)
    assert states.pop(DeliveryState.SENT) == relay.taken
    assert set(states) <= {DeliveryState.PLANNED}


async def test_who_is_asked_twice_goes_at_once_and_leaves_a_doubt_that_is_listed(tmp_path: Path) -> None:
    async with slow_relay() as relay:
        settings = set_up(tmp_path, relay)
        async with serving(settings) as service:
            await asyncio.wait_for(relay.dot.wait(), 60)
            service.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.5)
            began = time.monotonic()
            assert await stop(service) != 0
            assert time.monotonic() - began < 5
    handing = count(settings)[DeliveryState.HANDING]
    assert 1 <= handing <= PEOPLE

    async with open_app(settings, SystemClock()) as app:
        rows = await app.store.database.read(tally)
    assert rows[DeliveryState.HANDING] == 0
    assert rows[DeliveryState.PLANNED] == PEOPLE, "in doubt, to be sent once more in ten minutes; or not yet sent"


@pytest.mark.parametrize("seconds", [0.3, 0.8, 1.3])
async def test_a_stop_during_the_start_ends_it_soon_and_in_good_order(tmp_path: Path, seconds: float) -> None:
    async with slow_relay() as relay:
        settings = set_up(tmp_path, relay)
        relay.go_on.set()
        async with serving(settings) as service:
            await asyncio.sleep(seconds)
            assert await stop(service, within=timedelta(seconds=20)) in (0, -signal.SIGTERM)

    states = count(settings)
    assert states.get(DeliveryState.SENT, 0) == relay.taken
    assert set(states) <= {DeliveryState.PLANNED, DeliveryState.SENT}
