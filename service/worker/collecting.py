"""Collecting: every few minutes the mailbox is emptied into which our mails come back."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from service.delivery.inbox import Inbox, InboxTrouble, OpenInbox
from service.delivery.intake import take_in
from service.delivery.returned import Bounced, Ignored, read_returned
from service.delivery.verp import Verp
from service.store.bounces import is_about_us
from service.store.database import Database, DatabaseTrouble

__all__ = ["Collector"]

_log: Final = logging.getLogger(__name__)
_PAUSE: Final = timedelta(minutes=5)
_AT_ONCE: Final = 200


class Collector:
    """Empties the mailbox, in a thread beside all else. Several processes may do so: nothing counts twice."""

    def __init__(self, database: Database, inbox: Inbox, verp: Verp, now: Callable[[], datetime]) -> None:
        self._database = database
        self._inbox = inbox
        self._verp = verp
        self._now = now
        self._looked_at: datetime | None = None
        self._visit: asyncio.Task[int] | None = None
        self._is_closing = False

    def look(self) -> None:
        """Begin to empty the mailbox if that was not done within five minutes."""
        now = self._now()
        is_due = self._looked_at is None or not self._looked_at <= now < self._looked_at + _PAUSE
        if is_due and (self._visit is None or self._visit.done()):
            self._looked_at = now
            self._visit = asyncio.create_task(self.collect())

    async def collect(self) -> int:
        """Empty the mailbox; how many mails were there. Trouble with it is told, and the next visit tries again."""
        try:
            return await asyncio.to_thread(self._empty)
        except (InboxTrouble, DatabaseTrouble) as trouble:
            _log.warning("bounces: %s", trouble)
        except Exception:  # whatever a stranger's mail holds, the next visit tries again
            _log.exception("bounces")
        return 0

    async def close(self) -> None:
        """Let a visit that is under way end with the mail that it sees to."""
        self._is_closing = True
        if self._visit is not None:
            await asyncio.gather(self._visit, return_exceptions=True)

    def _empty(self) -> int:
        with self._inbox.open() as mailbox:
            found = mailbox.list_new(_AT_ONCE)
            for uid in found:
                if self._is_closing:
                    break
                self._see_to(mailbox, uid)
        return len(found)

    def _see_to(self, mailbox: OpenInbox, uid: str) -> None:
        """First it is in the database, then it is put away: after a break it is read again, which changes nothing."""
        now = self._now()
        returned = read_returned(mailbox.read(uid), self._verp, now)
        done = self._database.submit(partial(take_in, returned=returned, now=now)).result()
        is_alarming = isinstance(returned, Bounced) and is_about_us(returned.status)
        _log.log(logging.WARNING if is_alarming else logging.INFO, "bounces: %s", done)
        mailbox.put_away(uid, understood=not isinstance(returned, Ignored))
