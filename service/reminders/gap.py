"""A gap: a session is near, and its row does not say yet what the other rows say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from service.reminders.occasion import takes_place
from service.schedule.session import Session
from service.schedule.version import Version

__all__ = ["Gap", "Missing", "find_missing", "list_gaps", "usual"]

_NEAR: Final = timedelta(days=10)
_IN_PEACE: Final = timedelta(hours=1)
"""Whoever has just written a row may be about to complete it."""


class Missing(StrEnum):
    """What a row can lack."""

    TOPIC = "topic"
    SPEAKER = "speaker"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Gap:
    """A row that lacks something. The organiser is told from `due_at` on, until the session begins (UTC)."""

    session: str
    starts_at: datetime
    missing: tuple[Missing, ...]
    due_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When it is no longer worth telling."""
        return self.starts_at

    def is_due(self, now: datetime) -> bool:
        """Whether the organiser is to know at `now`."""
        return self.due_at <= now < self.expires_at


def list_gaps(versions: Iterable[Version]) -> Iterator[Gap]:
    """The gap of every session that takes place and lacks something, told ten days before.

    Only what is usual in this series can be missing: at least half of its sessions have it.
    """
    meetings = [version for version in versions if takes_place(version)]
    expected = usual(meetings)
    for version in meetings:
        starts_at = version.when.starts.astimezone(UTC)
        if missing := find_missing(version.session, expected):
            due_at = max(starts_at - _NEAR, version.modified.astimezone(UTC) + _IN_PEACE)
            yield Gap(version.uid, starts_at, missing, due_at)


def usual(versions: Sequence[Version]) -> frozenset[Missing]:
    """What at least half of these sessions have."""
    lacks = [find_missing(version.session, frozenset(Missing)) for version in versions]
    return frozenset(one for one in Missing if 2 * sum(one in lack for lack in lacks) <= len(lacks))


def find_missing(session: Session, expected: frozenset[Missing]) -> tuple[Missing, ...]:
    """What of the `expected` a session lacks."""
    has = {
        Missing.TOPIC: bool(session.title),
        Missing.SPEAKER: bool(session.speakers),
        Missing.READING: bool(session.links),
    }
    return tuple(one for one in Missing if one in expected and not has[one])
