"""Fetches: when calendar programs of each family last asked for a series' feed. Nothing else of a request is kept."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from service.store.inserting import insert_into
from service.store.tables import fetches

__all__ = ["Family", "keep_fetches", "list_fetches"]


class Family(StrEnum):
    """Calendar programs that fetch in the same way, because the same machines or programs do it for them."""

    GOOGLE = "google"
    OUTLOOK = "outlook"
    APPLE = "apple"
    THUNDERBIRD = "thunderbird"
    OTHER = "other"


def keep_fetches(connection: Connection, noted: Mapping[tuple[str, Family], datetime]) -> None:
    """Remember the last fetch of each series (its slug) by each family, unless a later one is known already.

    Several processes may do so at the same time.
    """
    statement = insert_into(connection, fetches)
    newer = statement.excluded.fetched_at > fetches.c.fetched_at
    keep = statement.on_conflict_do_update(
        index_elements=["series", "family"], set_={"fetched_at": statement.excluded.fetched_at}, where=newer
    )
    # In one order everywhere, so that no two processes wait for each other.
    rows = [{"series": slug, "family": family, "fetched_at": at} for (slug, family), at in sorted(noted.items())]
    connection.execute(keep, rows)


def list_fetches(connection: Connection) -> dict[str, dict[Family, datetime]]:
    """The last fetch that is remembered of every series, by family."""
    found: dict[str, dict[Family, datetime]] = defaultdict(dict)
    for row in connection.execute(select(fetches)):
        found[row.series][Family(row.family)] = row.fetched_at
    return dict(found)
