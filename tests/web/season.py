"""A season invented for the tests of the pages: Korean and English, with every kind of row."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.schedule.series import Series
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version

__all__ = ["BEGIN", "SEOUL", "make_season", "make_series", "make_version"]

SEOUL = ZoneInfo("Asia/Seoul")
BEGIN = datetime(2024, 1, 27, 21, tzinfo=SEOUL)

_SEASON = (
    ("overview", "모임을 여는 날: 함께 읽을 논문 소개", "김하늘", ""),
    ("pretraining", "How Much Data Does a Small Model Really Need?", "이바다", "Lumen Lab"),
    (
        "pretraining",
        "Counting Tokens Twice: On the Limits of Scaling Curves in Low-Resource Languages",
        "박소나무",
        "MIT",
    ),
    ("SFT", "지시를 따르는 모델 만들기: 데이터 만 개로 어디까지 갈 수 있을까", "Ada Example", "한빛대학교"),
    ("CoT", "Thinking Aloud Helps, Sometimes", "최가람, 정누리", ""),
    ("augmented LM", "Search, Then Answer", "윤솔", "OpenWeb"),
    ("alignment", "A Kind and Honest Assistant", "한별", ""),
    ("alignment", "사람의 피드백에서 배우기", "오름", "Univ. of Nowhere"),
    ("reward model", "When the Reward Is Wrong", "강물", ""),
    ("evaluation", "심판이 된 언어 모델", "서리", "Studio 12"),
)


def make_series(**changes: str) -> Series:
    values: dict[str, Any] = {
        "slug": "reading-season4",
        "title": "[스터디] 거꾸로 읽는 논문 시즌4: Language Models and Alignment",
        "language": "ko",
        "timezone": "Asia/Seoul",
        "url": "http://127.0.0.1:8000/reading-season4",
        "join_url": "https://meet.example.org/reading",
    }
    return Series(**(values | changes))


def make_version(number: int, session: Session, *, withdrawn: bool = False) -> Version:
    return Version(
        uid=f"reading-{number}@bell.example.org",
        session=session,
        sequence=0,
        modified=datetime(2024, 1, 1, tzinfo=UTC),
        withdrawn=withdrawn,
    )


def make_season(weeks: int = 21) -> tuple[Version, ...]:
    """Weekly Saturday evenings in Seoul: week 6 is cancelled, week 8 a holiday, week 11 tentative, the last undated."""
    return tuple(make_version(week, _make_session(week, weeks)) for week in range(1, weeks + 1))


def _make_session(week: int, weeks: int) -> Session:
    kind, title, speakers, affiliation = _SEASON[(week - 1) % len(_SEASON)]
    starts = BEGIN + timedelta(weeks=week - 1)
    status = {6: Status.CANCELLED, 8: Status.BREAK, 11: Status.TENTATIVE}.get(week, Status.CONFIRMED)
    return Session(
        number=f"{week}주차",
        type=kind,
        title="설 연휴" if status is Status.BREAK else title,
        speakers=tuple(speakers.split(", ")),
        affiliation=affiliation,
        when=None if week == weeks else When(starts, starts + timedelta(hours=2)),
        links=(Link("https://arxiv.example.org/abs/2401.00001", "논문"), Link("https://video.example.org/w"))
        if week % 3 == 0 or week == 4
        else (),
        note="준비물: 3장까지 읽어 오기" if week == 4 else "",
        status=status,
    )
