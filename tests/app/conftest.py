"""Whole services without a process of their own: a schedule, settings, and a clock to turn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection

from service.app.service import App
from service.settings.loading import load_settings
from service.settings.values import Settings
from service.store import membership, participants
from tests.store import conftest as stores

postgresql = stores.postgresql

ZERO = timedelta(0)
EVENING = datetime(2026, 3, 3, 18, 59, 30, tzinfo=UTC)
SCHEDULE = """# Reading group

| Date | Time | Topic | Speaker |
|---|---|---|---|
| 2026-03-04 | 19:00 | Opening | Hana |
| 2026-03-11 | 19:00 | Attention | Minjun |
| 2026-03-18 | 19:00 | Scaling | Sena |
| 2026-03-25 | 19:00 | Closing | Hana |
"""
SETTINGS = """
base_url = "http://bell.example.org"
organizer = "organizer@example.org"
[[series]]
slug = "season"
source = "season.md"
timezone = "UTC"
reminders = ["1d", "1h"]
"""


@dataclass
class Watch:
    """A clock that stands until it is turned. `off` is how wrong it is, which the machine's uptime does not know."""

    time: datetime = EVENING
    off: timedelta = ZERO

    def now(self) -> datetime:
        return self.time + self.off

    def wait_for(self, span: timedelta) -> timedelta:
        return span

    def lasting(self, span: timedelta) -> timedelta:
        return span

    def uptime(self) -> timedelta:
        return self.time - EVENING


@dataclass(frozen=True)
class House:
    """An installation in a folder."""

    settings: Settings
    watch: Watch

    @property
    def schedule(self) -> Path:
        return self.settings.folder / "season.md"

    def mails(self, folder: Path | None = None) -> list[str]:
        """To whom mails went, in alphabetical order."""
        new = (folder or self.settings.data_dir) / "mailbox" / "new"
        texts = [file.read_text("ascii") for file in new.glob("*")]
        return sorted(line for text in texts for line in text.splitlines() if line.startswith("To: "))


@pytest.fixture
def house(tmp_path: Path) -> House:
    (tmp_path / "season.md").write_text(SCHEDULE, "utf-8")
    (tmp_path / "studybell.toml").write_text(SETTINGS, "utf-8")
    return House(load_settings(tmp_path / "studybell.toml", {}), Watch())


@pytest.fixture
def shared(house: House, postgresql: str) -> Iterator[House]:
    """The same on a database server."""
    with stores.fresh_database(postgresql) as address:
        yield replace(house, settings=replace(house.settings, database=address))


def join(connection: Connection, name: str, at: datetime) -> None:
    """A confirmed participant, since long before."""
    membership.add(
        connection,
        series="season",
        address=f"{name}@example.org",
        language="en",
        timezone="UTC",
        state=participants.State.CONFIRMED,
        now=at,
    )


def visit(app: App) -> httpx.AsyncClient:
    """A window on the site."""
    transport = httpx.ASGITransport(app=app.site, client=("203.0.113.9", 4711))
    return httpx.AsyncClient(transport=transport, base_url="http://bell.example.org")
