"""Revisions: each series as last read from its source, which stays published whatever happens to the source."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, update

from service.reminders.occasion import takes_place
from service.schedule.version import Revision, Version
from service.store.content import read_session, write_session
from service.store.tables import series, sessions

__all__ = ["Stored", "accept", "is_accepted", "load", "mark_broken", "save"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The last good version of a series. `document` is its text, `digest` the SHA-256 of what was read.

    `broken_since` and `trouble` tell of a source that cannot be read or understood at present. `presentation` is what
    readers are told of the series beside its sessions, unchanged since `presented_at`.
    """

    title: str
    language: str
    document: str
    digest: str
    changed_at: datetime
    revision: Revision
    presentation: str
    presented_at: datetime
    broken_since: datetime | None = None
    trouble: str = ""


def load(connection: Connection, slug: str) -> Stored | None:
    """The last good version of a series, if it was ever read."""
    row = connection.execute(select(series).where(series.c.slug == slug)).one_or_none()
    if row is None:
        return None
    rows = connection.execute(select(sessions).where(sessions.c.series == slug).order_by(sessions.c.position))
    versions = tuple(
        Version(
            uid=found.uid,
            session=read_session(found.content),
            sequence=found.sequence,
            modified=found.modified,
            withdrawn=found.withdrawn,
        )
        for found in rows
    )
    return Stored(
        title=row.title,
        language=row.language,
        document=row.document,
        digest=row.digest,
        changed_at=row.changed_at,
        revision=Revision(versions=versions, changes=(), minted=row.minted),
        presentation=row.presentation,
        presented_at=row.presented_at,
        broken_since=row.broken_since,
        trouble=row.trouble,
    )


def save(connection: Connection, slug: str, stored: Stored) -> None:
    """Make `stored` the last good version of the series."""
    values = {
        "title": stored.title,
        "language": stored.language,
        "minted": stored.revision.minted,
        "document": stored.document,
        "digest": stored.digest,
        "changed_at": stored.changed_at,
        "presentation": stored.presentation,
        "presented_at": stored.presented_at,
        "broken_since": stored.broken_since,
        "trouble": stored.trouble,
    }
    if connection.execute(update(series).where(series.c.slug == slug).values(**values)).rowcount == 0:
        connection.execute(insert(series).values(slug=slug, **values))
    connection.execute(delete(sessions).where(sessions.c.series == slug))
    if stored.revision.versions:
        rows = [_row(slug, position, version) for position, version in enumerate(stored.revision.versions)]
        connection.execute(insert(sessions), rows)


def mark_broken(connection: Connection, slug: str, trouble: str, now: datetime) -> None:
    """Note that the source cannot be used at present; what is published stays."""
    condition = (series.c.slug == slug) & series.c.broken_since.is_(None)
    connection.execute(update(series).where(condition).values(broken_since=now))
    connection.execute(update(series).where(series.c.slug == slug).values(trouble=trouble))


def accept(connection: Connection, slug: str, digest: str) -> bool:
    """Allow the edit with this digest to be published although it touches much; whether there is such a series."""
    return bool(connection.execute(update(series).where(series.c.slug == slug).values(accepted=digest)).rowcount)


def is_accepted(connection: Connection, slug: str, digest: str) -> bool:
    """Whether the organiser allowed the edit with this digest."""
    return connection.execute(select(series.c.accepted).where(series.c.slug == slug)).scalar_one_or_none() == digest


def _row(slug: str, position: int, version: Version) -> dict[str, object]:
    when = version.session.when
    return {
        "uid": version.uid,
        "series": slug,
        "position": position,
        "starts_at": when.starts.astimezone(UTC) if when else None,
        "takes_place": takes_place(version),
        "sequence": version.sequence,
        "modified": version.modified,
        "withdrawn": version.withdrawn,
        "content": write_session(version.session),
    }
