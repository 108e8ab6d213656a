"""Editions: which state of a series is published, told without reading it; so processes notice what another wrote."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from service.remediable import Remediable
from service.store.revisions import Stored
from service.store.tables import series

__all__ = ["Edition", "Overtaken", "check", "edition_of", "list_editions"]


@dataclass(frozen=True, slots=True)
class Edition:
    """What differs between any two states of a series that were ever kept."""

    digest: str
    changed_at: datetime
    presented_at: datetime
    broken_since: datetime | None
    trouble: str


class Overtaken(Remediable):
    """Another process has kept a newer state of the series meanwhile; nothing was written."""


def edition_of(stored: Stored | None) -> Edition | None:
    """The edition that `stored` is; None if nothing was ever published."""
    if stored is None:
        return None
    return Edition(stored.digest, stored.changed_at, stored.presented_at, stored.broken_since, stored.trouble)


def list_editions(connection: Connection) -> dict[str, Edition]:
    """The editions of all series, by slug."""
    return {row.slug: _read(row) for row in connection.execute(_ask())}


def check(connection: Connection, slug: str, known: Stored | None) -> None:
    """Make sure that `known` is what is kept of the series, and stays so until the caller's transaction ends.

    Raises `Overtaken`.
    """
    row = connection.execute(_ask().where(series.c.slug == slug).with_for_update()).one_or_none()
    if (_read(row) if row else None) != edition_of(known):
        raise Overtaken(f"{slug}: another process was quicker")


def _read(row: Row[Any]) -> Edition:
    return Edition(row.digest, row.changed_at, row.presented_at, row.broken_since, row.trouble)


def _ask() -> Select[Any]:
    kept = series.c
    return select(kept.slug, kept.digest, kept.changed_at, kept.presented_at, kept.broken_since, kept.trouble)
