"""Views: what a reader is told, at which moment, in which zone and language."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.schedule.session import Session, Status, When
from service.web.views import Reader, ScheduleView, view_schedule
from tests.web.season import BEGIN, SEOUL, make_season, make_series, make_version

KOREAN, BERLINER = Reader("ko", "Asia/Seoul"), Reader("en", "Europe/Berlin")
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


def view(now: datetime, reader: Reader = KOREAN, stale_since: datetime | None = None) -> ScheduleView:
    return view_schedule(make_series(), make_season(), now=now, reader=reader, stale_since=stale_since)


def test_before_the_season_the_first_session_is_next() -> None:
    schedule = view(BEGIN - 3 * 24 * HOUR)

    assert schedule.next is not None
    assert (schedule.next.number, schedule.next.until) == ("1주차", "3일 후")
    assert schedule.past == ()


def test_a_session_is_next_while_it_runs_and_past_from_its_last_second() -> None:
    running, over = view(BEGIN + HOUR), view(BEGIN + 2 * HOUR)

    assert running.next is not None
    assert (running.next.number, running.next.is_running, running.next.until) == ("1주차", True, "")
    assert over.next is not None
    assert (over.next.number, over.next.is_running) == ("2주차", False)
    assert [session.number for session in over.past] == ["1주차"]


def test_what_was_called_off_is_never_next() -> None:
    after_week_five, after_week_seven = view(BEGIN + 4 * WEEK + 3 * HOUR), view(BEGIN + 6 * WEEK + 3 * HOUR)

    assert after_week_five.next is not None
    assert after_week_five.next.number == "7주차"
    assert after_week_five.coming[0].status is Status.CANCELLED
    assert after_week_seven.next is not None
    assert after_week_seven.next.number == "9주차"
    assert after_week_seven.coming[0].status is Status.BREAK


def test_undated_sessions_come_last_and_never_pass() -> None:
    schedule = view(BEGIN + 100 * WEEK)

    assert [session.number for session in schedule.coming] == ["21주차"]
    assert schedule.coming[0].day == ""
    assert schedule.next is None
    assert len(schedule.past) == 20
    assert schedule.past[0].number == "20주차"


def test_times_are_those_of_the_reader() -> None:
    here, there = view(BEGIN - WEEK, KOREAN).next, view(BEGIN - WEEK, BERLINER).next

    assert here is not None
    assert there is not None
    assert (here.day, here.hours) == ("2024년 1월 27일 (토)", "21:00–23:00")
    assert (there.day, there.hours) == ("Sat 27 January 2024", "13:00–15:00")
    assert datetime.fromisoformat(here.starts) == datetime.fromisoformat(there.starts) == BEGIN


def test_a_late_evening_may_be_another_day_for_the_reader() -> None:
    late = When(datetime(2024, 1, 27, 23, tzinfo=SEOUL), datetime(2024, 1, 28, 1, tzinfo=SEOUL))
    version = make_version(1, Session(title="x", when=late))

    schedule = view_schedule(make_series(), [version], now=BEGIN - WEEK, reader=Reader("en", "Pacific/Auckland"))

    assert schedule.coming[0].day == "Sun 28 January 2024"


def test_a_whole_day_is_the_same_day_everywhere() -> None:
    day = When(datetime(2024, 1, 27, tzinfo=SEOUL), datetime(2024, 1, 28, tzinfo=SEOUL), all_day=True)
    version = make_version(1, Session(title="x", when=day))

    session = view_schedule(make_series(), [version], now=BEGIN - WEEK, reader=BERLINER).coming[0]

    assert (session.day, session.hours, session.starts) == ("Sat 27 January 2024", "", date(2024, 1, 27).isoformat())


def test_a_withdrawn_session_is_told_as_cancelled_until_its_day_is_over() -> None:
    gone = replace(make_season()[0], withdrawn=True)

    before = view_schedule(make_series(), [gone], now=BEGIN - WEEK, reader=KOREAN)
    after = view_schedule(make_series(), [gone], now=BEGIN + WEEK, reader=KOREAN)

    assert [session.status for session in before.coming] == [Status.CANCELLED]
    assert before.next is None
    assert (after.coming, after.past) == ((), ())


@pytest.mark.parametrize(
    ("place", "joins", "shown"),
    [
        ("", "https://meet.example.org/reading", ""),
        ("세미나실 3", "https://meet.example.org/reading", "세미나실 3"),
        ("https://zoom.example.org/j/1", "https://zoom.example.org/j/1", ""),
    ],
)
def test_a_place_that_is_an_address_is_where_one_joins(place: str, joins: str, shown: str) -> None:
    version = make_version(1, Session(title="x", when=When(BEGIN, BEGIN + HOUR), place=place))

    session = view_schedule(make_series(), [version], now=BEGIN - WEEK, reader=KOREAN).coming[0]

    assert (session.join_url, session.place) == (joins, shown)


def test_nobody_finds_a_mail_address_on_the_page() -> None:
    version = make_version(
        1, Session(title="ask a@example.org", speakers=("speaker@example.org",), note="b@example.org")
    )

    shown = view_schedule(make_series(), [version], now=BEGIN, reader=KOREAN).coming[0]

    assert (shown.title, shown.speakers, shown.note) == ("ask a***@***", ("s***@***",), "b***@***")


def test_a_stale_schedule_says_since_when() -> None:
    schedule = view(BEGIN, BERLINER, stale_since=datetime(2024, 1, 26, 8, 30, tzinfo=UTC))

    assert schedule.stale_since == "Fri 26 January 2024, 09:30 (Central European Standard Time)"


@settings(max_examples=40, deadline=None)
@given(hours=st.integers(-200, 5000))
def test_every_session_is_told_exactly_once(hours: int) -> None:
    schedule = view(BEGIN + hours * HOUR)

    told = [session.id for session in (*schedule.coming, *schedule.past)]

    assert sorted(told) == sorted(version.id for version in make_season())
    assert schedule.next is None or schedule.next in schedule.coming


def test_rows_that_are_no_meeting_stand_among_the_sessions_until_they_are_over() -> None:
    free = Session(title="설날", when=When(BEGIN + WEEK, BEGIN + WEEK + HOUR), status=Status.BREAK)
    someday = Session(title="Guest talk: ask guest@example.org", speakers=("Ada",))

    def tell(now: datetime) -> ScheduleView:
        versions = (make_season()[0], make_season()[2])
        return view_schedule(make_series(), versions, now=now, reader=BERLINER, asides=(someday, free))

    schedule = tell(BEGIN - WEEK)

    assert [session.number or session.title for session in schedule.coming] == [
        "1주차", "설날", "3주차", "Guest talk: ask g***@***",
    ]  # fmt: skip
    assert [bool(session.id) for session in schedule.coming] == [True, False, True, False]
    assert (schedule.coming[1].status, schedule.coming[1].day) == (Status.BREAK, "Sat 3 February 2024")
    assert schedule.coming[3].day == ""
    assert [session.title for session in tell(BEGIN + 10 * WEEK).coming] == ["Guest talk: ask g***@***"]
    assert len(tell(BEGIN + 10 * WEEK).past) == 2


def test_a_break_is_never_next() -> None:
    free = Session(title="설날", when=When(BEGIN, BEGIN + HOUR), status=Status.BREAK)

    assert view_schedule(make_series(), [], now=BEGIN - WEEK, reader=KOREAN, asides=[free]).next is None
