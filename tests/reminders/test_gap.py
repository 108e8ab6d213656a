from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.reminders.gap import Gap, Missing, list_gaps
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version

SEOUL = ZoneInfo("Asia/Seoul")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2024, 1, 27, 21, tzinfo=SEOUL)
WRITTEN = datetime(2024, 1, 1, tzinfo=UTC)
FULL = Session(title="Talk", speakers=("Kim",), links=(Link("https://example.org/paper"),))


def season(*sessions: Session) -> list[Version]:
    """Sessions a week apart; the first at `START`."""
    dated = [
        replace(session, when=When(START + 7 * week * DAY, START + 7 * week * DAY + HOUR))
        for week, session in enumerate(sessions)
    ]
    return [
        Version(uid=f"{week}@example.org", session=session, sequence=0, modified=WRITTEN)
        for week, session in enumerate(dated)
    ]


def test_a_row_that_lacks_what_the_others_have_is_told_ten_days_before() -> None:
    bare = Session(title="")

    assert list(list_gaps(season(bare, FULL, FULL))) == [
        Gap("0@example.org", START.astimezone(UTC), tuple(Missing), START.astimezone(UTC) - 10 * DAY)
    ]


@pytest.mark.parametrize(
    ("session", "missing"),
    [
        (replace(FULL, title=""), Missing.TOPIC),
        (replace(FULL, speakers=()), Missing.SPEAKER),
        (replace(FULL, links=()), Missing.READING),
    ],
)
def test_it_is_told_what_is_missing(session: Session, missing: Missing) -> None:
    (gap,) = list_gaps(season(session, FULL))

    assert gap.missing == (missing,)


def test_what_most_rows_do_not_have_is_missed_in_none() -> None:
    social = replace(FULL, speakers=(), links=())

    assert list(list_gaps(season(social, social, FULL))) == []


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.BREAK])
def test_nothing_is_missed_where_nobody_meets(status: Status) -> None:
    assert list(list_gaps(season(replace(FULL, title="", status=status), FULL))) == []


def test_who_has_just_written_a_row_is_left_in_peace_for_an_hour() -> None:
    now = START.astimezone(UTC) - 3 * DAY
    versions = [replace(version, modified=now) for version in season(replace(FULL, speakers=()), FULL)]

    (gap,) = list_gaps(versions)

    assert gap.due_at == now + HOUR
    assert [gap.is_due(moment) for moment in (now, now + HOUR, START - HOUR, START)] == [False, True, True, False]


def test_a_series_without_sessions_has_no_gaps() -> None:
    assert list(list_gaps([])) == []
