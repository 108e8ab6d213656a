"""Leases: what one process at a time does, like asking a source. Who dies loses them, who lives renews them.

They run on the database's own clock, so the clocks of several machines may differ by any amount.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, delete, or_

from service.store.database_clock import database_clock
from service.store.inserting import insert_into
from service.store.tables import leases

__all__ = ["LEASE", "acquire", "release"]

LEASE: Final = timedelta(seconds=30)


def acquire(connection: Connection, names: Collection[str], owner: str) -> set[str]:
    """Take or renew these leases for `LEASE` from now; those of the names that `owner` holds then."""
    if not names:
        return set()
    until = database_clock() + LEASE.total_seconds()
    rows = [{"name": name, "owner": owner, "held_until": until} for name in sorted(names)]
    # Always in the same order: two processes that ask at once then wait for each other, and not in a circle.
    wish = insert_into(connection, leases).values(rows)
    free = or_(leases.c.owner == owner, leases.c.held_until < database_clock())
    taken = wish.on_conflict_do_update(
        index_elements=[leases.c.name], set_={"owner": owner, "held_until": until}, where=free
    )
    return set(connection.execute(taken.returning(leases.c.name)).scalars())


def release(connection: Connection, owner: str) -> None:
    """Give back all that `owner` holds: others need not wait until it runs out."""
    connection.execute(delete(leases).where(leases.c.owner == owner))
