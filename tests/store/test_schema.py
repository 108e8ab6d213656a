"""The schema: migrations lead exactly to the tables, and a future one is refused."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from service.store.database import Database
from service.store.schema import NewerSchema, upgrade
from service.store.tables import metadata


async def test_the_migrations_lead_exactly_to_the_tables(database: Database) -> None:
    differences = await database.write(
        lambda connection: compare_metadata(MigrationContext.configure(connection), metadata)
    )

    assert differences == []


async def test_upgrading_twice_changes_nothing(database: Database) -> None:
    await database.write(upgrade)


async def test_a_database_of_a_newer_studybell_is_refused(database: Database) -> None:
    await database.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num='9999'")))

    with pytest.raises(NewerSchema, match="install the newer one"):
        await database.write(upgrade)
