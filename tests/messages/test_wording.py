from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.messages.wording import (
    render_clock,
    render_day,
    render_hours,
    render_moment,
    render_until,
    render_when,
    render_zone,
)
from service.schedule.session import When

SEOUL = ZoneInfo("Asia/Seoul")


def seoul(starts: str, ends: str, *, all_day: bool = False) -> When:
    first, last = (datetime.fromisoformat(text).replace(tzinfo=SEOUL) for text in (starts, ends))
    return When(first, last, all_day)


EVENING = seoul("2024-01-27T21:00", "2024-01-27T23:00")
NIGHT = seoul("2024-01-27T23:00", "2024-01-28T01:00")
DAY = seoul("2024-01-27", "2024-01-28", all_day=True)
CAMP = seoul("2024-01-27", "2024-01-30", all_day=True)


@pytest.mark.parametrize(
    ("when", "timezone", "language", "words"),
    [
        (EVENING, "Asia/Seoul", "en", "Sat 27 January 2024, 21:00–23:00 (Korean Standard Time)"),
        (EVENING, "Asia/Seoul", "ko", "2024년 1월 27일 (토) 21:00–23:00 (대한민국 표준시)"),
        (EVENING, "Europe/Berlin", "en", "Sat 27 January 2024, 13:00–15:00 (Central European Standard Time)"),
        (EVENING, "America/New_York", "ko", "2024년 1월 27일 (토) 07:00–09:00 (미 동부 표준시)"),
        (EVENING, "Asia/Seoul", "ko-KR", "2024년 1월 27일 (토) 21:00–23:00 (대한민국 표준시)"),
        (EVENING, "Asia/Seoul", "ja", "2024年1月27日(土) 21:00–23:00 (韓国標準時)"),
        (EVENING, "Asia/Seoul", "nonsense!", "Sat 27 January 2024, 21:00–23:00 (Korean Standard Time)"),
        (NIGHT, "Asia/Seoul", "en", "Sat 27 January 2024, 23:00 – Sun 28 January 2024, 01:00 (Korean Standard Time)"),
        (NIGHT, "Asia/Seoul", "ko", "2024년 1월 27일 (토) 23:00 – 2024년 1월 28일 (일) 01:00 (대한민국 표준시)"),
        (NIGHT, "UTC", "en", "Sat 27 January 2024, 14:00–16:00 (Coordinated Universal Time)"),
        (DAY, "Asia/Seoul", "ko", "2024년 1월 27일 (토)"),
        (DAY, "America/New_York", "en", "Sat 27 January 2024"),
        (CAMP, "America/New_York", "en", "Sat 27 January 2024 – Mon 29 January 2024"),
    ],
)
def test_a_time_is_told_in_the_readers_language_and_zone(when: When, timezone: str, language: str, words: str) -> None:
    assert render_when(when, timezone=timezone, language=language) == words


def test_a_session_that_ends_at_midnight_ends_on_its_own_day() -> None:
    assert render_hours(seoul("2024-01-27T21:00", "2024-01-28T00:00"), timezone="Asia/Seoul", language="en") == (
        "21:00–00:00"
    )


def test_a_session_without_end_tells_when_it_begins() -> None:
    assert render_hours(seoul("2024-01-27T21:00", "2024-01-27T21:00"), timezone="Asia/Seoul", language="en") == "21:00"


def test_a_whole_day_has_no_hours() -> None:
    assert render_hours(DAY, timezone="Asia/Seoul", language="en") == ""


def test_a_day_is_told_with_its_weekday() -> None:
    assert render_day(date(2024, 1, 27), "en") == "Sat 27 January 2024"
    assert render_day(date(2024, 1, 27), "ko") == "2024년 1월 27일 (토)"


def test_a_moment_is_told_with_its_day_and_zone() -> None:
    moment = datetime(2024, 1, 27, 12, 5, tzinfo=UTC)

    told = [render_moment(moment, timezone="Asia/Seoul", language=language) for language in ("en", "ko")]

    assert told == [
        "Sat 27 January 2024, 21:05 (Korean Standard Time)",
        "2024년 1월 27일 (토) 21:05 (대한민국 표준시)",
    ]


def test_a_clock_has_24_hours() -> None:
    assert render_clock(datetime(2024, 1, 27, 12, 5, tzinfo=UTC), timezone="Asia/Seoul") == "21:05"


@pytest.mark.parametrize(
    ("timezone", "winter", "summer"),
    [
        ("Europe/Berlin", "Central European Standard Time", "Central European Summer Time"),
        ("Europe/Dublin", "Greenwich Mean Time", "Irish Standard Time"),
        ("Australia/Sydney", "Australian Eastern Daylight Time", "Australian Eastern Standard Time"),
        ("Asia/Kolkata", "India Standard Time", "India Standard Time"),
        ("Asia/Calcutta", "India Standard Time", "India Standard Time"),
        ("Asia/Kathmandu", "Nepal Time", "Nepal Time"),
        ("US/Pacific", "Pacific Standard Time", "Pacific Daylight Time"),
        ("UTC", "Coordinated Universal Time", "Coordinated Universal Time"),
        ("Europe/Istanbul", "GMT+03:00", "GMT+03:00"),
    ],
)
def test_a_zone_has_the_name_of_the_season(timezone: str, winter: str, summer: str) -> None:
    names = [render_zone(datetime(2024, month, 15, tzinfo=UTC), timezone=timezone, language="en") for month in (1, 7)]

    assert names == [winter, summer]


@pytest.mark.parametrize(
    ("delta", "english", "korean"),
    [
        (timedelta(days=14), "in 14 days", "14일 후"),
        (timedelta(days=7), "in 7 days", "7일 후"),
        (timedelta(days=1), "in 1 day", "1일 후"),
        (timedelta(hours=23), "in 1 day", "1일 후"),
        (timedelta(hours=25), "in 1 day", "1일 후"),
        (timedelta(hours=36), "in 36 hours", "36시간 후"),
        (timedelta(hours=12), "in 12 hours", "12시간 후"),
        (timedelta(minutes=90), "in 90 minutes", "90분 후"),
        (timedelta(minutes=59), "in 1 hour", "1시간 후"),
        (timedelta(minutes=30), "in 30 minutes", "30분 후"),
        (timedelta(seconds=5), "in 1 minute", "1분 후"),
    ],
)
def test_how_long_it_is_is_told_in_one_unit(delta: timedelta, english: str, korean: str) -> None:
    assert [render_until(delta, "en"), render_until(delta, "ko")] == [english, korean]


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)),
    st.timedeltas(timedelta(0), timedelta(days=3)),
    st.sampled_from(["Asia/Seoul", "America/St_Johns", "Australia/Lord_Howe", "UTC", "Africa/Casablanca"]),
    st.sampled_from(["en", "ko", "ja", "zh", "de", "fr", "ar", "xx"]),
)
def test_the_only_blank_is_the_plain_one(starts: datetime, lasts: timedelta, timezone: str, language: str) -> None:
    first = starts.replace(tzinfo=UTC)
    when = When(first, first + lasts)

    words = render_when(when, timezone=timezone, language=language) + render_until(lasts, language)

    assert not [character for character in words if character.isspace() and character != " "]
