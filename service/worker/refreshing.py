"""Refreshing: from a source's new text to what is published, and the notices that its changes cause."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from service.schedule.arrangement import arrange
from service.schedule.cadence import Cadence
from service.schedule.diagnostic import Severity
from service.schedule.document import form_of, read_document
from service.schedule.identity import revise
from service.schedule.session import Schedule
from service.schedule.version import ChangeKind, Revision
from service.sources.reading import Reading, Source, SourceTrouble
from service.store.database import Database
from service.store.ledger import Kind
from service.store.owing import CALLED_OFF, SUPERSEDED, call_off, owe_notice
from service.store.revisions import Stored, load, mark_broken, save

__all__ = ["Refresher", "Watched"]

_log: Final = logging.getLogger(__name__)
_DEBOUNCE: Final = timedelta(minutes=10)
"""An organiser who corrects a correction causes one notice, not two."""
_SHOWN_AGAIN: Final = timedelta(hours=1)
"""How often what is published is put out anew although nothing was edited: called-off sessions leave with time."""
_TOLD: Final = {
    ChangeKind.MOVED: Kind.MOVED,
    ChangeKind.CANCELLED: Kind.CANCELLED,
    ChangeKind.RESTORED: Kind.RESTORED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A series as its settings tell to read it. `namespace` is where its uids are minted: host/slug."""

    slug: str
    source: Source
    cadence: Cadence
    year: int | None
    namespace: str


class Refresher:
    """Keeps one series what its document says. `publish` is called with every version that becomes the last good."""

    def __init__(
        self,
        watched: Watched,
        database: Database,
        publish: Callable[[str, Stored], None],
        now: Callable[[], datetime],
    ) -> None:
        self._watched = watched
        self._database = database
        self._publish = publish
        self._now = now
        self._stored: Stored | None = None
        self._shown_at: datetime | None = None
        self._unkept: Reading | None = None
        self._complaint = ""

    @property
    def slug(self) -> str:
        """The series' slug."""
        return self._watched.slug

    async def restore(self) -> bool:
        """Publish the last good version that the database remembers; whether there is one."""
        self._stored = await self._database.read(partial(load, slug=self.slug))
        if self._stored:
            self._show(self._stored)
        return self._stored is not None

    async def refresh(self) -> bool:
        """Look at the source; whether anything published has changed. Never raises for a document's faults.

        Raises `DatabaseTrouble`; the same reading is then taken up by the next call.
        """
        try:
            self._unkept = await self._watched.source.read() or self._unkept
            if self._unkept is None:
                return self._show_again()
            schedule = await asyncio.to_thread(self._read, self._unkept)
        except SourceTrouble as trouble:
            changed = await self._keep_last_good(str(trouble))
        else:
            changed = await self._accept(self._unkept, schedule)
        self._unkept = None
        return changed

    def _read(self, reading: Reading) -> Schedule:
        watched, name = self._watched, self._watched.source.name
        try:
            document = read_document(
                reading.text,
                form=reading.form or form_of(name),
                year=watched.year,
                timezone=str(watched.cadence.timezone),
            )
            schedule = arrange(document, watched.cadence)
        except Exception as error:  # a fault of ours must not empty a feed either
            _log.exception("cannot understand series=%s", self.slug)
            raise SourceTrouble(f"{name}: studybell failed at this document ({error!r}); undo the last edit") from None
        if not schedule.is_sound:
            errors = [remark for remark in schedule.diagnostics if remark.severity is Severity.ERROR]
            first = errors[0] if errors else None
            where = f"{name}:{first.line}:{first.column}" if first else name
            said = first.message if first else "no session has a date; set starts_on, or write dates into the table"
            raise SourceTrouble(f"{where}: {said}")
        return schedule

    async def _accept(self, reading: Reading, schedule: Schedule) -> bool:
        now, before = self._now(), self._stored
        known = before.revision if before else Revision(versions=(), changes=(), minted=0)
        revision = revise(known.versions, schedule, namespace=self._watched.namespace, minted=known.minted, now=now)
        stored = Stored(
            title=schedule.title,
            language=schedule.language,
            document=reading.text,
            digest=reading.digest,
            changed_at=now if before is None or revision.versions != known.versions else before.changed_at,
            revision=revision,
        )
        await self._database.write(partial(_keep, slug=self.slug, stored=stored, now=now))
        if before and before.trouble:
            _log.warning("healthy series=%s its document is understood again", self.slug)
        self._complaint = ""
        self._show(stored)
        _log.info("refresh series=%s sessions=%d changes=%d", self.slug, len(revision.versions), len(revision.changes))
        return True

    async def _keep_last_good(self, trouble: str) -> bool:
        before = self._stored
        if trouble == (before.trouble if before else self._complaint):
            return False
        self._complaint = trouble
        if before is None:
            _log.error("unreadable series=%s %s", self.slug, trouble)
            return False
        now = self._now()
        await self._database.write(partial(mark_broken, slug=self.slug, trouble=trouble, now=now))
        _log.error("keep series=%s the last good version stays published: %s", self.slug, trouble)
        self._show(replace(before, broken_since=before.broken_since or now, trouble=trouble))
        return True

    def _show(self, stored: Stored) -> None:
        self._stored, self._shown_at = stored, self._now()
        self._publish(self.slug, stored)

    def _show_again(self) -> bool:
        is_stale = self._shown_at is not None and self._now() - self._shown_at >= _SHOWN_AGAIN
        if self._stored and is_stale:
            self._show(self._stored)
        return False


def _keep(connection: Connection, *, slug: str, stored: Stored, now: datetime) -> None:
    """Write a revision down, take back what it made untrue, and owe the notices that it causes: all or nothing."""
    save(connection, slug, stored)
    for change in stored.revision.changes:
        if change.before is None or change.kind not in _TOLD:
            continue
        kind, when = _TOLD[change.kind], change.after.session.when
        call_off(connection, change.after.uid, CALLED_OFF if kind is Kind.CANCELLED else SUPERSEDED, now)
        if when is not None and when.starts > now:
            owe_notice(
                connection,
                kind,
                slug,
                change.after.uid,
                when.starts,
                due_at=now + _DEBOUNCE,
                expires_at=when.starts,
                edition=change.after.sequence,
                now=now,
            )
