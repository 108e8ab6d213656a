"""The store of an installation: its database and its secret."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from service.settings.values import Settings
from service.store.database import Database
from service.store.home import DATABASE, SECRET
from service.store.keys import Keys
from service.store.schema import upgrade

__all__ = ["Store", "database_file", "open_store", "secret_file"]


@dataclass(frozen=True, slots=True)
class Store:
    """What the short commands need: the database with the present schema, and the installation's keys."""

    database: Database
    keys: Keys


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The store, beside a running service or without one. Raises `DatabaseTrouble` and `NewerSchema`."""
    database = Database(database_file(settings), settings.database)
    try:
        database.submit(upgrade).result()
        yield Store(database, Keys(_read_secret(secret_file(settings))))
    finally:
        database.close()


def database_file(settings: Settings) -> Path:
    """Where the SQLite database is."""
    return settings.data_dir / DATABASE


def secret_file(settings: Settings) -> Path:
    """Where the installation's secret is, which every link in a mail depends on."""
    return settings.data_dir / SECRET


def _read_secret(file: Path) -> bytes:
    """The installation's secret, made when it is first asked for; only its owner may read it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent) as draft:  # readable by its owner only
            draft.write(secrets.token_bytes(32))
            draft.flush()
            os.fsync(draft.fileno())
            with suppress(FileExistsError):  # another process was quicker
                os.link(draft.name, file)
    return file.read_bytes()
