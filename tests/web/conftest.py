"""A whole site over the invented season: a real database, a clock to turn, a client that needs no network."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import httpx
import pytest

from service.delivery.mailbox import Mailbox
from service.messages.catalog import Catalogs
from service.reminders.rule import parse_rules
from service.resources import TEMPLATES, read_texts
from service.schedule.version import Revision
from service.store.database import Database
from service.store.keys import Keys
from service.store.schema import upgrade
from service.web.assets import Assets
from service.web.pages import Pages
from service.web.parts import Health, Parts
from service.web.shelf import Shelf
from service.web.site import build_site
from tests.web.season import make_season, make_series

BASE = "http://127.0.0.1:8000"


@dataclass
class Watch:
    """A clock that stands until it is turned."""

    time: datetime = datetime(2024, 2, 14, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def turn(self, span: timedelta) -> None:
        self.time += span


@dataclass
class Bell:
    """Notes how often somebody said that there is new mail."""

    rings: int = 0
    health: Health = field(default_factory=lambda: Health(True, {"oldest_due_seconds": 0}))

    def ring(self) -> None:
        self.rings += 1

    async def tell_health(self) -> Health:
        return self.health


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture(scope="session")
def pages() -> Pages:
    return make_pages()


def make_pages() -> Pages:
    """The pages with the templates and translations that are shipped."""
    korean = (TEMPLATES / "locale/ko/pages.po").read_text("utf-8")
    return Pages(read_texts(TEMPLATES / "web"), Catalogs({"ko": korean}), make_assets())


def make_assets() -> Assets:
    """The static files that are shipped."""
    return Assets({name: text.encode() for name, text in read_texts(TEMPLATES / "static").items()})


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database with all tables and nothing in them, to be copied."""
    file = tmp_path_factory.mktemp("empty") / "bell.sqlite"
    opened = Database(file)
    opened.submit(upgrade).result()
    opened.close()
    return file


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> Iterator[Database]:
    opened = Database(Path(copyfile(empty_database, tmp_path / "bell.sqlite")))
    yield opened
    opened.close()


@pytest.fixture
def shelf(watch: Watch) -> Shelf:
    shelf = Shelf()
    shelf.put(make_series(), Revision(versions=make_season(), changes=(), minted=21), now=watch.now())
    return shelf


@pytest.fixture
def parts(shelf: Shelf, database: Database, pages: Pages, watch: Watch, bell: Bell, tmp_path: Path) -> Parts:
    return Parts(
        shelf=shelf,
        database=database,
        keys=Keys(b"a secret of the tests"),
        pages=pages,
        assets=make_assets(),
        base_url=BASE,
        now=watch.now,
        real_now=watch.now,
        health=bell.tell_health,
        rules={"reading-season4": parse_rules("7d 1d 1h")},
        wake=bell.ring,
        mailbox=Mailbox(tmp_path / "mailbox"),
    )


@pytest.fixture
async def visit() -> AsyncIterator[Callable[[Parts], httpx.AsyncClient]]:
    """Clients for sites of other parts than `client`'s, closed at the end."""
    opened: list[httpx.AsyncClient] = []

    def open_client(parts: Parts) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=build_site(parts), client=("203.0.113.9", 4711))
        opened.append(httpx.AsyncClient(transport=transport, base_url=parts.base_url))
        return opened[-1]

    yield open_client
    for client in opened:
        await client.aclose()


@pytest.fixture
def client(parts: Parts, visit: Callable[[Parts], httpx.AsyncClient]) -> httpx.AsyncClient:
    return visit(parts)
