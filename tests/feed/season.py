"""A season invented for the tests of the feeds: 21 Saturdays in Seoul, and single sessions for odd cases."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from service.schedule.series import Series
from service.schedule.session import Session, Status, When
from service.schedule.version import Revision, Version

__all__ = ["BEGIN", "PUBLISHED", "SEOUL", "make_revision", "make_season", "make_series", "make_version", "make_when"]

SEOUL = ZoneInfo("Asia/Seoul")
BEGIN = datetime(2024, 1, 27, 21, tzinfo=SEOUL)
PUBLISHED = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


def make_series(
    *, slug: str = "season", language: str = "ko", timezone: str = "Asia/Seoul", location: str = "", join_url: str = ""
) -> Series:
    return Series(
        slug=slug,
        title="논문 읽기 시즌 4",
        language=language,
        timezone=timezone,
        url=f"https://bell.example.org/{slug}",
        location=location,
        join_url=join_url,
    )


def make_when(starts: datetime = BEGIN, lasts: timedelta = timedelta(hours=2), *, all_day: bool = False) -> When:
    return When(starts, (starts.astimezone(UTC) + lasts).astimezone(starts.tzinfo), all_day)


def make_version(
    session: Session | None = None,
    *,
    id: str = "aaaa0001",
    sequence: int = 0,
    modified: datetime = PUBLISHED,
    withdrawn: bool = False,
) -> Version:
    return Version(
        uid=f"{id}@bell.example.org",
        session=session or Session(title="첫 모임", when=make_when()),
        sequence=sequence,
        modified=modified,
        withdrawn=withdrawn,
    )


def make_season(weeks: int = 21) -> tuple[Version, ...]:
    """Weekly sessions: the fifth is cancelled, the ninth tentative."""
    status = {5: Status.CANCELLED, 9: Status.TENTATIVE}
    return tuple(
        make_version(
            Session(
                title=f"{week}주차: 언어 모델을 처음부터, 다시",
                when=make_when(BEGIN + timedelta(weeks=week - 1)),
                number=str(week),
                type="논문",
                speakers=("하늘", "바다"),
                affiliation="한빛대학교",
                status=status.get(week, Status.CONFIRMED),
            ),
            id=f"week{week:04}",
        )
        for week in range(1, weeks + 1)
    )


def make_revision(versions: tuple[Version, ...]) -> Revision:
    return Revision(versions=versions, changes=(), minted=len(versions))
