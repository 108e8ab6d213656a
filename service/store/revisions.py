"""Revisions: each series as last read from its source, which stays published whatever happens to the source."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from service.reminders.occasion import takes_place
from service.schedule.version import Revision, Version
from service.store.content import write_asides, write_session
from service.store.kept import Kept, Packed, pack, read_packed
from service.store.tables import series, sessions
from service.store.waiting import Waiting, read_waiting, write_waiting

__all__ = ["Stored", "accept", "is_accepted", "load", "load_all", "mark_broken", "save"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The last good version of a series. `document` is its text, `digest` the SHA-256 of what was read.

    `broken_since` and `trouble` tell of a source that cannot be read or understood at present, or whose edit is
    `waiting` for the organiser. `presentation` is what readers are told of the series beside its sessions, unchanged
    since `presented_at`. `grounds` is a digest of all that the document was understood by, or empty.
    """

    title: str
    language: str
    document: str
    digest: str
    changed_at: datetime
    content: Revision | Kept
    presentation: str
    presented_at: datetime
    broken_since: datetime | None = None
    trouble: str = ""
    waiting: Waiting | None = None
    grounds: str = ""

    @property
    def revision(self) -> Revision:
        """The sessions, which are read from what was kept when they are first asked for."""
        return self.content.read() if isinstance(self.content, Kept) else self.content


def load(connection: Connection, slug: str) -> Stored | None:
    """The last good version of a series, if it was ever read."""
    row = connection.execute(select(series).where(series.c.slug == slug)).one_or_none()
    if row is None:
        return None
    packed = [pack(found) for found in connection.execute(_ask().where(sessions.c.series == slug))]
    return _read(row, read_packed(packed, row.minted, row.asides))


def load_all(connection: Connection) -> dict[str, Stored]:
    """The last good versions of all series that were ever read, by slug; their sessions are read when needed."""
    packed: dict[str, list[Packed]] = {}
    for found in connection.execute(_ask()):
        packed.setdefault(found[0], []).append(pack(found))
    return {
        row.slug: _read(row, Kept(packed.get(row.slug, ()), row.minted, row.asides))
        for row in connection.execute(select(series))
    }


def _ask() -> Select[Any]:
    kept = sessions.c
    columns = kept.series, kept.uid, kept.sequence, kept.modified, kept.withdrawn, kept.moved_from, kept.content
    return select(*columns).order_by(kept.series, kept.position)


def _read(row: Row[Any], content: Revision | Kept) -> Stored:
    return Stored(
        title=row.title,
        language=row.language,
        document=row.document,
        digest=row.digest,
        changed_at=row.changed_at,
        content=content,
        presentation=row.presentation,
        presented_at=row.presented_at,
        broken_since=row.broken_since,
        trouble=row.trouble,
        waiting=read_waiting(row.waiting),
        grounds=row.grounds,
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
        "waiting": write_waiting(stored.waiting),
        "asides": write_asides(stored.revision.asides),
        "grounds": stored.grounds,
    }
    if connection.execute(update(series).where(series.c.slug == slug).values(**values)).rowcount == 0:
        connection.execute(insert(series).values(slug=slug, **values))
    connection.execute(delete(sessions).where(sessions.c.series == slug))
    if stored.revision.versions:
        rows = [_row(slug, position, version) for position, version in enumerate(stored.revision.versions)]
        connection.execute(insert(sessions), rows)


def mark_broken(connection: Connection, slug: str, trouble: str, now: datetime, waiting: Waiting | None = None) -> None:
    """Note that the source cannot be used at present, or which edit of it is waiting; what is published stays."""
    condition = (series.c.slug == slug) & series.c.broken_since.is_(None)
    connection.execute(update(series).where(condition).values(broken_since=now))
    connection.execute(
        update(series).where(series.c.slug == slug).values(trouble=trouble, waiting=write_waiting(waiting))
    )


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
        "moved_from": version.moved_from,
        "content": write_session(version.session),
    }
