"""A calendar entry: one session as it is to stand in the own calendars of those who want invitations."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from service.reminders.occasion import takes_place
from service.schedule.version import Version

__all__ = ["CORRECTED_WITHIN", "GONE", "HORIZON", "CalendarEntry", "list_entries", "tell_gist"]

HORIZON: Final = timedelta(days=14)
"""How long before it starts people are invited to a session: a whole season at once would be a flood of mails."""

CORRECTED_WITHIN: Final = timedelta(minutes=10)
"""An organiser who corrects a correction within this time causes one mail, not two."""

GONE: Final = "gone"
"""The gist of a session that does not take place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """What calendars are to show of a session. All instants are UTC; useful from `settled_at` until `starts_at`.

    Whoever was told another `gist` is owed it from `settled_at` on, when nobody has corrected the session for a while;
    everybody else also from `near_at` on. `edition` is the session's sequence number.
    """

    session: str
    edition: int
    gist: str
    starts_at: datetime
    settled_at: datetime
    near_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether anybody can be owed it at `now`: nobody was told something else of a first edition."""
        return self.settled_at <= now < self.starts_at and (self.edition > 0 or self.is_near(now))

    def is_near(self, now: datetime) -> bool:
        """Whether people are invited who know nothing of the session."""
        return self.near_at <= now

    def next_turn(self, now: datetime) -> datetime | None:
        """The next instant after `now` at which somebody else may be owed it, if there is one."""
        return min((moment for moment in (self.settled_at, self.near_at) if moment > now), default=None)


def list_entries(versions: Iterable[Version], now: datetime) -> Iterator[CalendarEntry]:
    """The entries of all sessions among these that take place and lie ahead of `now`."""
    for version in versions:
        if takes_place(version) and (starts_at := version.when.starts.astimezone(UTC)) > now:
            yield CalendarEntry(
                session=version.uid,
                edition=version.sequence,
                gist=tell_gist(version),
                starts_at=starts_at,
                settled_at=version.modified + CORRECTED_WITHIN,
                near_at=starts_at - HORIZON,
            )


def tell_gist(version: Version) -> str:
    """A short digest of what a mail is worth when it changes: whether, when and where a session is, and its title.

    Who speaks and what to read changes more often; the feed tells it, and so does the next mail.
    """
    if not takes_place(version):
        return GONE
    session, when = version.session, version.when
    told = (session.title or session.type, session.place, session.status, when.all_day, str(when.starts.tzinfo))
    times = (when.starts.isoformat(), when.ends.isoformat())
    return hashlib.sha256(repr((*map(str, told), *times)).encode()).hexdigest()[:16]
