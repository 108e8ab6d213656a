"""The schema's age: bringing a database to the present one, and refusing one from the future."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from service.remediable import Remediable

__all__ = ["NewerSchema", "upgrade"]

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
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    present = MigrationContext.configure(connection).get_current_revision()
    if present == scripts.get_current_head():
        return
    if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerSchema(present)
    command.upgrade(config, "head")
