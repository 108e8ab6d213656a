"""Invented seasons of any length, as values and as a document."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from service.schedule.series import Series
from service.schedule.session import Link, Session, When
from service.schedule.version import Revision, Version

__all__ = ["SERIES", "edit_one", "make_document", "make_revision"]

NOW = datetime(2024, 1, 1, tzinfo=UTC)
SEOUL = ZoneInfo("Asia/Seoul")
SERIES = Series(
    slug="season",
    title="거꾸로 읽는 논문 모임",
    language="ko",
    timezone="Asia/Seoul",
    url="https://bell.example.org/season",
    location="온라인",
)


def make_revision(sessions: int) -> Revision:
    """A weekly season with Korean texts of the usual length."""
    return Revision(versions=tuple(_make_version(number) for number in range(sessions)), changes=(), minted=sessions)


def edit_one(revision: Revision, edition: int) -> Revision:
    """The season with another speaker in its middle session."""
    place = len(revision.versions) // 2
    old = revision.versions[place]
    session = replace(old.session, speakers=(f"발표자 {edition}",))
    edited = replace(old, session=session, sequence=old.sequence + edition, modified=NOW + timedelta(seconds=edition))
    return replace(revision, versions=(*revision.versions[:place], edited, *revision.versions[place + 1 :]))


def make_document(sessions: int) -> str:
    """The season as an organiser's table."""
    rows = "\n".join(
        f"| {number + 1} 주차 | {NOW + timedelta(days=number):%Y-%m-%d} | [논문 {number}: 큰 모형의 정렬 학습]"
        f"(https://arxiv.org/abs/2203.{number:05}) | 예시 대학교 | 김하나, 이두리 |"
        for number in range(sessions)
    )
    return f"# 논문 모임\n\n| 주차 | 날짜 | 논문 | 소속 | 발표자 |\n|---|---|---|---|---|\n{rows}\n"


def _make_version(number: int) -> Version:
    starts = datetime(2024, 1, 6, 21, tzinfo=SEOUL) + timedelta(weeks=number)
    session = Session(
        title=f"논문 {number}: 사람의 되먹임으로 말을 잘 듣는 큰 언어 모형을 가르치는 방법",
        when=When(starts, starts + timedelta(hours=2)),
        number=str(number + 1),
        type="alignment learning",
        speakers=("김하나", "이두리"),
        affiliation="예시 대학교",
        links=(Link(f"https://arxiv.org/abs/2203.{number:05}", "논문"),),
    )
    return Version(uid=f"s{number:07}@bell.example.org", session=session, sequence=0, modified=NOW)
