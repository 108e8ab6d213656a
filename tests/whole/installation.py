"""An installation in a folder: settings, a schedule with one session soon, participants, and a running service."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from service.app.store import Store, open_store
from service.settings.loading import load_settings
from service.settings.values import Settings
from service.store import membership, participants

__all__ = ["free_port", "install", "invite", "running", "serving", "stop"]

SLUG = "season"


def free_port() -> int:
    """A port of loopback that nobody uses at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


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
