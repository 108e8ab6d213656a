"""The store of an installation: its database and its secret."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from service.settings.values import Settings
from service.store.database import Database
from service.store.keys import Keys
from service.store.schema import upgrade

__all__ = ["Store", "open_store"]

_DATABASE: Final = "studybell.db"
_SECRET: Final = "secret.key"


@dataclass(frozen=True, slots=True)
class Store:
    """What the short commands need: the database with the present schema, and the installation's keys."""

    database: Database
    keys: Keys


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The store, beside a running service or without one. Raises `DatabaseTrouble` and `NewerSchema`."""
    database = Database(settings.data_dir / _DATABASE, settings.database)
    try:
        database.submit(upgrade).result()
        yield Store(database, Keys(_read_secret(settings.data_dir / _SECRET)))
    finally:
        database.close()


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
