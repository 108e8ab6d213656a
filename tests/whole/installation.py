"""An installation in a folder: settings, a schedule with one session soon, participants, and a running service."""

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from service.app.service import App, open_app
from service.app.store import Store, open_store
from service.settings.loading import load_settings
from service.settings.values import Settings
from service.store import membership, participants
from service.web.server import answer

__all__ = ["Watch", "answering", "free_port", "install", "invite", "running", "serving", "stop"]

SLUG = "season"


def free_port() -> int:
    """A port of loopback that nobody uses at this moment, and that no outgoing connection gets in the next."""
    while True:
        port = 15_000 + secrets.randbelow(17_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def install(
    folder: Path, *, smtp_port: int, starts: datetime, database: str = "", doubtful: str = "resend"
) -> Settings:
    """Write settings and a schedule whose only session starts at `starts`, with a reminder an hour before."""
    (folder / "season.md").write_text(
        f"# Season\n\n| Date | Time | Topic | Speaker |\n|---|---|---|---|\n"
        f"| {starts:%Y-%m-%d} | {starts:%H:%M} | Kill me softly | Hana |\n"
    )
    port = free_port()
    (folder / "studybell.toml").write_text(
        f"""
base_url = "http://127.0.0.1:{port}"
database = "{database}"
[http]
port = {port}
[mail]
transport = "smtp"
host = "127.0.0.1"
port = {smtp_port}
security = "none"
doubtful = "{doubtful}"
[[series]]
slug = "{SLUG}"
source = "season.md"
timezone = "UTC"
reminders = ["1h"]
"""
    )
    return load_settings(folder / "studybell.toml", {})


@contextmanager
def running(settings: Settings) -> Iterator[Store]:
    """The installation's store, as the short commands open it."""
    with open_store(settings) as store:
        yield store


def invite(settings: Settings, people: int) -> None:
    """Register so many confirmed participants, long before any reminder is due."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with open_store(settings) as store:

        def enter(connection: Connection) -> None:
            for number in range(people):
                membership.add(
                    connection,
                    series=SLUG,
                    address=f"reader{number}@example.org",
                    language="en",
                    timezone="UTC",
                    state=participants.State.CONFIRMED,
                    now=long_ago,
                )

        store.database.submit(enter).result()


@dataclass
class Watch:
    """A clock that stands until it is turned."""

    time: datetime
    _started: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.time

    def now(self) -> datetime:
        return self.time

    def wait_for(self, span: timedelta) -> timedelta:
        return span

    def lasting(self, span: timedelta) -> timedelta:
        return span

    def uptime(self) -> timedelta:
        return self.time - self._started


@asynccontextmanager
async def answering(settings: Settings, watch: Watch, listener: socket.socket) -> AsyncIterator[App]:
    """The whole service in this process, with a clock that is turned by hand; it answers at `listener`."""
    close = asyncio.Event()
    async with open_app(settings, watch) as app:
        task = asyncio.create_task(answer(app.site, listener, close))
        try:
            yield app
        finally:
            close.set()
            await task


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """`studybell serve` as a process of its own; it is killed at the end if it still runs."""
    log = (settings.folder / "serve.log").open("ab")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "service",
        "serve",
        "--config",
        str(settings.folder / "studybell.toml"),
        stdout=log,
        stderr=log,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        yield process
    finally:
        log.close()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def stop(process: asyncio.subprocess.Process, *, within: timedelta = timedelta(seconds=30)) -> int:
    """Ask the service to stop, and wait; its exit status."""
    process.send_signal(signal.SIGTERM)
    return await asyncio.wait_for(process.wait(), within.total_seconds())
