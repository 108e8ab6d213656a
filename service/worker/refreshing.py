"""Refreshing: a series follows its document; whatever is wrong with that, the last good version stays published."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from service.schedule.changes import find_objection
from service.schedule.identity import revise
from service.schedule.session import Schedule
from service.schedule.version import Revision
from service.sources.reading import Reading, SourceTrouble
from service.store.database import Database
from service.store.editions import Edition, Overtaken, edition_of
from service.store.ledger import Kind
from service.store.revisions import Stored, is_accepted, load
from service.store.waiting import Waiting, weigh
from service.worker.keeping import keep, keep_last_good
from service.worker.understanding import Watched, understand

__all__ = ["Refresher"]

_log: Final = logging.getLogger(__name__)
_SHOWN_AGAIN: Final = timedelta(hours=1)
"""How often what is published is put out anew although nothing was edited: called-off sessions leave with time."""
_NOTHING: Final = Revision(versions=(), changes=(), minted=0)


class Refresher:
    """Keeps one series what its document says. `publish` is called with every version that becomes the last good.

    `turn` is shared by those that understand one document after the other, not all at once.
    """

    def __init__(
        self,
        watched: Watched,
        database: Database,
        publish: Callable[[str, Stored], None],
        now: Callable[[], datetime],
        turn: asyncio.Lock | None = None,
    ) -> None:
        self._watched = watched
        self._database = database
        self._publish = publish
        self._now = now
        self._turn = turn or asyncio.Lock()
        self._stored: Stored | None = None
        self._shown_at: datetime | None = None
        self._unkept: Reading | None = None
        self._waiting: Reading | None = None
        self._complaint = ""

    @property
    def slug(self) -> str:
        """The series' slug."""
        return self._watched.slug

    @property
    def edition(self) -> Edition | None:
        """Which state of the series is published here."""
        return edition_of(self._stored)

    def is_at_rest(self) -> bool:
        """Whether `refresh` would find nothing to do, as nearly always; quick, and in any thread."""
        is_done = self._unkept is None and self._waiting is None and not self._is_stale()
        return is_done and self._watched.source.is_at_rest()

    async def restore(self) -> bool:
        """Publish the last good version that the database remembers; whether there is one."""
        stored = await self._database.read(partial(load, slug=self.slug))
        if stored:
            self.resume(stored)
        return stored is not None

    def resume(self, stored: Stored) -> None:
        """Publish the last good version, which the database remembers."""
        self._show(stored)

    async def refresh(self) -> bool:
        """Look at the source; whether anything published has changed. Never raises for a document's faults.

        Raises `DatabaseTrouble`; the same reading is then taken up by the next call.
        """
        try:
            return await self._refresh()
        except Overtaken as quicker:
            _log.warning("overtaken series=%s %s", self.slug, quicker)
            return await self.restore()

    async def _refresh(self) -> bool:
        try:
            self._unkept = await self._watched.source.read() or self._unkept or await self._released()
            if self._unkept is None or self._is_known(self._unkept):
                self._unkept = None
                return self._show_again()
            self._waiting = None
            async with self._turn:
                schedule = await asyncio.to_thread(understand, self._unkept, self._watched)
        except SourceTrouble as trouble:
            changed = await self._keep_last_good(str(trouble), Kind.SOURCE_BROKEN)
        else:
            changed = await self._accept(self._unkept, schedule)
        self._unkept = None
        return changed

    def _is_known(self, reading: Reading) -> bool:
        """Whether this is what is published, and was understood by what it would be understood by now."""
        stored, grounds = self._stored, self._watched.grounds
        if stored is None or stored.trouble or not grounds:
            return False
        return (reading.digest, grounds) == (stored.digest, stored.grounds)

    async def _released(self) -> Reading | None:
        """The edit that waits, once the organiser has allowed it."""
        waiting = self._waiting
        return waiting if waiting and await self._is_allowed(waiting) else None

    async def _is_allowed(self, reading: Reading) -> bool:
        return await self._database.read(partial(is_accepted, slug=self.slug, digest=reading.digest))

    async def _accept(self, reading: Reading, schedule: Schedule) -> bool:
        now, before = self._now(), self._stored
        known = before.revision if before else _NOTHING
        revision = revise(known.versions, schedule, namespace=self._watched.namespace, minted=known.minted, now=now)
        objection = find_objection(known, revision, now)
        if objection and not await self._is_allowed(reading):
            self._waiting = reading
            waiting = weigh(reading.digest, revision.changes)
            return await self._keep_last_good(f"{self._watched.source.name}: {objection}", Kind.EDIT_WAITS, waiting)
        presentation = f"{self._watched.presentation}\n{schedule.title}\n{schedule.language}"
        stored = Stored(
            title=schedule.title,
            language=schedule.language,
            document=reading.text,
            digest=reading.digest,
            changed_at=before.changed_at if before and revision.versions == known.versions else now,
            content=revision,
            presentation=presentation,
            presented_at=before.presented_at if before and presentation == before.presentation else now,
            grounds=self._watched.grounds,
        )
        await self._database.write(partial(keep, slug=self.slug, stored=stored, before=before, now=now))
        if before and before.trouble:
            _log.warning("healthy series=%s its document is published again", self.slug)
        self._complaint = ""
        self._show(stored)
        _log.info("refresh series=%s sessions=%d changes=%d", self.slug, len(revision.versions), len(revision.changes))
        return True

    async def _keep_last_good(self, trouble: str, kind: Kind, waiting: Waiting | None = None) -> bool:
        before = self._stored
        if (trouble, waiting) == ((before.trouble, before.waiting) if before else (self._complaint, None)):
            return False
        self._complaint = trouble
        if before is None:
            _log.error("unreadable series=%s %s", self.slug, trouble)
            return False
        now = self._now()
        stored = replace(before, broken_since=before.broken_since or now, trouble=trouble, waiting=waiting)
        told = kind if self._watched.has_organiser else None
        await self._database.write(
            partial(keep_last_good, slug=self.slug, stored=stored, before=before, kind=told, now=now)
        )
        _log.error("keep series=%s the last good version stays published: %s", self.slug, trouble)
        self._show(stored)
        return True

    def _show(self, stored: Stored) -> None:
        self._stored, self._shown_at = stored, self._now()
        self._publish(self.slug, stored)

    def _is_stale(self) -> bool:
        return self._shown_at is not None and self._now() - self._shown_at >= _SHOWN_AGAIN

    def _show_again(self) -> bool:
        if self._stored and self._is_stale():
            self._show(self._stored)
        return False
