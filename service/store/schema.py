"""The schema's age: bringing a database to the present one, and refusing one from the future."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

from service.remediable import Remediable

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["NewerSchema", "configure", "newest", "upgrade"]

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 7_283_155_236


class NewerSchema(Remediable):
    """The database was written by a newer studybell than this one; nothing was touched."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"the database has schema {revision}, which is newer than this studybell: install the newer one"
        )


def upgrade(connection: Connection) -> None:
    """Bring the schema to the present revision, in the caller's transaction. Raises `NewerSchema`."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    present = _read_present(connection)
    if present == newest():
        return
    if present is not None and present not in _list_revisions():
        raise NewerSchema(present)
    from alembic import command  # a tenth of the time that a service takes to start, and mostly there is nothing to do

    config = configure()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def newest() -> str:
    """The revision that `upgrade` leads to."""
    return max(_list_revisions())


def _list_revisions() -> set[str]:
    """The numbers of all migrations, with which their files' names begin."""
    return {file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py")}


def _read_present(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def configure() -> Config:
    """Where the migrations are, for Alembic; its connection is yet to be set."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
