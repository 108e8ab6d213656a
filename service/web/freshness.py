"""Freshness: whether calendars have asked again since an edit that comes late.

A calendar program asks for news when it likes. What is edited shortly before a session reaches some calendars too late:
only a mail, or a word from the organiser, helps their readers. Pure; time is an argument.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.schedule.version import Version
from service.store.fetches import Family

__all__ = ["LATE", "Lag", "LateEdit", "find_late_edits"]

LATE: Final = timedelta(hours=36)
"""An edit that comes nearer than this to a session is late: the slowest calendars ask about once a day."""


@dataclass(frozen=True, slots=True)
class Lag:
    """A family of calendar programs that has not asked since an edit: what it asked for last is out of date."""

    family: Family
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class LateEdit:
    """A session that was changed late and still lies ahead: at `misses`, readers of a calendar that lags go wrong."""

    version: Version
    misses: datetime
    lags: tuple[Lag, ...]


def find_late_edits(
    versions: Iterable[Version], fetches: Mapping[Family, datetime], now: datetime
) -> tuple[LateEdit, ...]:
    """The late edits that some family which ever fetched this series has not seen, the most urgent first.

    `fetches` are the last ones by family. A session that moved counts at its new start and at the one that it left.
    """
    found = []
    for version in versions:
        misses = _find_first_miss(version, now)
        lags = tuple(Lag(family, at) for family, at in sorted(fetches.items()) if at < version.modified)
        if misses is not None and lags:
            found.append(LateEdit(version, misses, lags))
    return tuple(sorted(found, key=lambda edit: (edit.misses, edit.version.uid)))


def _find_first_miss(version: Version, now: datetime) -> datetime | None:
    when = version.session.when
    starts = (when.starts if when else None, version.moved_from)
    late = [start for start in starts if start is not None and now < start <= version.modified + LATE]
    return min(late, default=None)
