"""A service as it really runs, with a season, participants, and a mailbox; and a look at everything that it keeps."""

import asyncio
import hashlib
import re
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from service.app.store import open_store
from service.clock import SystemClock
from service.settings.loading import load_settings
from service.settings.values import Settings
from service.store import membership
from service.store.keys import Purpose
from service.store.participants import State, remember_token
from tests.hostile.attacks import Site
from tests.hostile.raw import fetch
from tests.whole.installation import free_port, serving

SLUG = "season"
COUNTERS = ("alembic_version", "fetches", "leases", "pace", "signups")
"""Tables whose contents may change without anybody's wish: who fetched, who tried to register, who is at work."""

_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_TABLE = """# Season

| Date | Time | Topic | Speaker |
|---|---|---|---|
| 2099-01-05 | 19:00 | Far away | Hana |
| 2099-01-12 | 19:00 | Farther away | Minjun |
"""


@dataclass(frozen=True)
class Target:
    """A running service. `links` are the paths of participants' own links."""

    settings: Settings
    pid: int
    links: tuple[str, ...]

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.settings.http.port

    @property
    def mailbox(self) -> Path:
        """Where its mails arrive."""
        return self.settings.data_dir / "mailbox"

    async def look(self) -> dict[str, bytes]:
        """What everybody sees: feeds and pages, without the token of the form that is different each time."""
        paths = [f"/{SLUG}{end}" for end in (".ics", "/download.ics", ".json", ".atom", "", "/subscribe")]
        paths += ["/", "/robots.txt", "/openapi.json", "/mailbox"]
        return {
            path: re.sub(
                rb'name="form" value="[^"]*"',
                b"",
                await fetch(self.port, f"{path}?lang=en" if path == f"/{SLUG}" else path),
            )
            for path in paths
        }

    def digest(self) -> Mapping[str, str]:
        """A digest of the rows of each table but the `COUNTERS`."""
        with closing(sqlite3.connect(self.settings.data_dir / "studybell.db")) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = {
                name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
                for name in names
                if name not in COUNTERS and not name.startswith("sqlite_")
            }
        return {name: hashlib.sha256("\n".join(found).encode()).hexdigest() for name, found in rows.items()}

    def dump(self) -> str:
        """Everything that the database holds, the counters too, as SQL."""
        with closing(sqlite3.connect(self.settings.data_dir / "studybell.db")) as connection:
            return "\n".join(connection.iterdump())

    def memory(self) -> int:
        """How many bytes of memory the service takes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024

    async def describe(self) -> Site:
        """The site as attackers know it."""
        page = (await fetch(self.port, f"/{SLUG}?lang=en")).decode()
        found = re.search(r'name="form" value="([^"]+)"', page)
        event = re.search(rf"/{SLUG}/([\w-]+)\.ics", page)
        assert found
        assert event
        paths = [
            f"/{SLUG}{end}" for end in ("", ".ics", "/download.ics", ".json", ".atom", "/subscribe", "/participants")
        ]
        paths += [
            f"/{SLUG}/{event[1]}.ics",
            "/",
            "/healthz",
            "/metrics",
            "/robots.txt",
            "/openapi.json",
            "/static/style.css",
        ]
        paths += [
            "/mailbox",
            "/mailbox/1",
            "/desk",
            "/desk/x",
            "/confirm/x",
            "/me/x",
            "/me/x.ics",
            *(f"/me/x/{button}" for button in ("leave", "join", "pause", "resume", "renew", "erase", "erase-all")),
            "/new-link",
        ]
        paths += [
            "/me/x/data.json",
            "/unsubscribe/x",
            "/undo/x",
            "/favicon.ico",
            "/.well-known/caldav",
            "/.env",
            "/wp-login.php",
        ]
        return Site(f"127.0.0.1:{self.port}", paths, self.links, found[1])


@asynccontextmanager
async def standing(folder: Path, document: str = _TABLE) -> AsyncIterator[Target]:
    """A service with this schedule that runs in `folder` as long as the context lasts."""
    port = free_port()
    (folder / "season.md").write_text(document, "utf-8")
    (folder / "studybell.toml").write_text(
        f'base_url = "http://127.0.0.1:{port}"\n[http]\nport = {port}\n'
        f'[[series]]\nslug = "{SLUG}"\nsource = "season.md"\ntimezone = "UTC"\n'
    )
    settings = load_settings(folder / "studybell.toml", {})
    links = _enrol(settings)
    async with serving(settings) as process:
        await _wait_for(port)
        await _wait_for_first_round(settings)
        yield Target(settings, process.pid, links)


@pytest.fixture
async def target(tmp_path: Path) -> AsyncIterator[Target]:
    async with standing(tmp_path) as target:
        yield target


async def _wait_for(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await fetch(port, f"/{SLUG}.ics")
                return
            except (OSError, AssertionError):
                await asyncio.sleep(0.05)


async def _wait_for_first_round(settings: Settings) -> None:
    """Until the mail that was owed from the beginning is settled: feeds may be answered before."""
    async with asyncio.timeout(60):
        while True:
            with closing(sqlite3.connect(settings.data_dir / "studybell.db")) as connection:
                owed = connection.execute("SELECT count(*) FROM deliveries WHERE settled_at IS NULL").fetchone()
            if owed == (0,):
                return
            await asyncio.sleep(0.05)


def _enrol(settings: Settings) -> tuple[str, ...]:
    """Somebody who confirmed and somebody who did not yet; the paths of their links."""

    def enter(connection: Connection) -> tuple[str, ...]:
        paths = []
        for name in ("confirmed", "pending"):
            person = membership.add(
                connection,
                series=SLUG,
                address=f"{name}@example.org",
                language="en",
                timezone="UTC",
                state=State.PENDING,
                now=SystemClock().now(),
            )
            for purpose in Purpose:
                remember_token(connection, store.keys, person, purpose)
                paths.append(f"/{purpose}/{store.keys.token(purpose, person.id, person.generation)}")
            if name == "confirmed":
                membership.confirm(connection, store.keys, person, _LONG_AGO)
        own = [path for path in paths if path.startswith("/me/")]
        return (*paths, *(f"{path}.ics" for path in own), *(f"{path}/data.json" for path in own))

    with open_store(settings) as store:
        return store.database.submit(enter).result()
