"""Schedules of one term for the tests of identity: a session a week, and revisions of what the organiser wrote."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from service.schedule.identity import revise
from service.schedule.session import Link, Schedule, Session, Status, When
from service.schedule.version import ChangeKind, Revision, Version

__all__ = ["BEFORE_TERM", "NAMESPACE", "Term", "list_kinds", "make_schedule", "make_session", "make_when", "renumber"]

SEOUL = ZoneInfo("Asia/Seoul")
FIRST = datetime(2024, 3, 1, 21, 0, tzinfo=SEOUL)
BEFORE_TERM = datetime(2024, 2, 1, 12, 0, 30, 500_000, tzinfo=UTC)
NAMESPACE = "bell.example.org/reading"


def make_when(week: float, *, hours: float = 2) -> When:
    starts = FIRST + timedelta(weeks=week)
    return When(starts, starts + timedelta(hours=hours))


def make_session(
    title: str,
    week: float | None = 0,
    *,
    number: str = "",
    speakers: Sequence[str] = (),
    url: str = "",
    status: Status = Status.CONFIRMED,
    key: str = "",
    line: int = 0,
) -> Session:
    return Session(
        title=title,
        when=None if week is None else make_when(week),
        number=number,
        speakers=tuple(speakers),
        links=(Link(url),) if url else (),
        status=status,
        id=key,
        line=line,
    )


def make_schedule(sessions: Sequence[Session]) -> Schedule:
    placed = tuple(replace(session, line=line) for line, session in enumerate(sessions, start=10))
    return Schedule(title="Reading", language="en", timezone="Asia/Seoul", sessions=placed)


def renumber(sessions: Sequence[Session]) -> list[Session]:
    """Number the sessions and date them week by week, as a cadence does after a row was put in or taken out."""
    return [
        replace(session, number=str(week + 1), when=make_when(week) if session.when else None)
        for week, session in enumerate(sessions)
    ]


def list_kinds(revision: Revision) -> dict[str, ChangeKind]:
    return {change.after.session.title: change.kind for change in revision.changes}


@dataclass(slots=True)
class Term:
    """A series over its revisions: what was published last."""

    versions: tuple[Version, ...] = ()
    minted: int = 0
    warned: list[int] = field(default_factory=list)

    def publish(self, *sessions: Session, now: datetime = BEFORE_TERM) -> Revision:
        revision = revise(self.versions, make_schedule(sessions), namespace=NAMESPACE, minted=self.minted, now=now)
        self.versions, self.minted = revision.versions, revision.minted
        self.warned = [remark.line for remark in revision.diagnostics]
        uids = [version.uid for version in revision.versions]
        assert len(set(uids)) == len(uids)
        return revision

    def find(self, title: str) -> Version:
        (version,) = [version for version in self.versions if version.session.title == title]
        return version

    def list_uids(self) -> list[str]:
        return [version.uid for version in self.versions if not version.withdrawn]
