"""The worker's tests run on both databases, like those of the store."""

from tests.store import conftest as stores

address, database, postgresql = stores.address, stores.database, stores.postgresql
