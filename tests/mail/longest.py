"""The longest that there can be to tell: every text of a session fills its cell, and there are many sessions."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from service.messages.compose import compose
from service.messages.letter import Letter
from service.messages.message import (
    Confirmation,
    Invitation,
    Message,
    Notice,
    NoticeKind,
    Reminder,
    RowIncomplete,
    SendingResumed,
    SourceBroken,
)
from service.messages.programme import Programme, make_digest, make_welcome
from service.messages.report import Figures, make_report
from service.reminders.gap import Missing
from service.reminders.rule import parse_rules
from service.reminders.week import Week
from service.schedule.cells import CELL_LIMIT
from service.schedule.session import Link, Session, When
from service.schedule.version import Version
from tests.messages.golden import NOW, SERIES, make_stationery

__all__ = ["write_longest"]

_SESSIONS: Final = 40
_CELL: Final = ("가나다라 마바사" * CELL_LIMIT)[:CELL_LIMIT]
_HOUR: Final = timedelta(hours=1)
_LONG: Final = replace(
    SERIES,
    title=_CELL,
    url=f"https://bell.example.org/{'reading' * 20}",
    join_url=f"https://meet.example.org/{'room' * 400}",
)


def write_longest(language: str) -> Iterator[tuple[str, Letter]]:
    """Every kind of mail with words of any length, at its longest, by name."""
    for name, message in _tell_all().items():
        yield name, compose(message, make_stationery(), language=language, timezone="America/Argentina/ComodRivadavia")


def _tell_all() -> Mapping[str, Message]:
    versions = tuple(_make_version(number) for number in range(_SESSIONS))
    version, before = versions[1], versions[0]
    rules = parse_rules("4w 3w 2w 7d 3d 2d 1d 12h 1h 30m")
    programme = Programme(series=_LONG, versions=versions, rules=rules, stale_since=NOW)
    bare = [replace(one, session=replace(one.session, speakers=())) for one in versions[::2]]
    gaps = replace(programme, versions=(*versions[1::2], *bare))
    week = Week.of(version.when.starts, _LONG.timezone)
    figures = Figures(people=10**6, came=10**6, left=10**6, sent=10**7, failed=10**6, uncertain=10**6, expired=10**6)
    return {
        "reminder": Reminder(series=_LONG, version=version, rule="1d", now=NOW),
        "reminder-speaker": Reminder(series=_LONG, version=version, rule="1d", now=NOW, speaking=True),
        "notice": Notice(kind=NoticeKind.MOVED, series=_LONG, version=version, before=before, invites=True),
        "invitation": Invitation(series=_LONG, version=version),
        "confirmation": Confirmation(series=_LONG),
        "welcome": make_welcome(programme, NOW),
        "digest": make_digest(programme, week),
        "row-incomplete": RowIncomplete(series=_LONG, version=version, missing=tuple(Missing)),
        "weekly-report": make_report(_LONG, [gaps] * 20, week, figures, NOW - timedelta(days=1)),
        "source-broken": SourceBroken(series=_LONG, trouble=_CELL, since=NOW),
        "sending-resumed": SendingResumed(series=_LONG, reason=_CELL, since=NOW, until=NOW + _HOUR),
    }


def _make_version(number: int) -> Version:
    starts = NOW + number * _HOUR
    session = Session(
        title=_CELL,
        when=When(starts, starts + _HOUR),
        number=str(number),
        type=_CELL,
        speakers=tuple(_CELL.split(" ")),
        affiliation=_CELL,
        place=_CELL,
        note=_CELL,
        links=tuple(Link(f"https://example.org/{'paper' * 8}/{link}", "읽을거리" * 4) for link in range(20)),
    )
    return Version(uid=f"{number:04}@example.org", session=session, sequence=0, modified=NOW, moved_from=starts - _HOUR)
