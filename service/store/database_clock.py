"""The database's own clock: what leases run on, so that the clocks of several machines may differ by any amount."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Float

__all__ = ["database_clock"]


class database_clock(GenericFunction[float]):  # noqa: N801 - a function of SQL
    """Epoch seconds on the database's own clock."""

    type = Float()
    inherit_cache = True


@compiles(database_clock, "sqlite")
def _sqlite_clock(*_: Any, **__: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(database_clock, "postgresql")
def _postgresql_clock(*_: Any, **__: Any) -> str:
    return "extract(epoch from clock_timestamp())"
