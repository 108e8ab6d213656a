from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.reminders.week import Week, list_sessions, list_weeks
from service.schedule.session import Session, Status, When
from service.schedule.version import Version

SEOUL, BERLIN = "Asia/Seoul", "Europe/Berlin"
ZONES = st.sampled_from([SEOUL, BERLIN, "America/New_York", "Pacific/Kiritimati", "UTC"])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=ZONES.map(ZoneInfo))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = date(2024, 1, 22)
WEEK = Week(MONDAY, SEOUL)
SATURDAY = datetime(2024, 1, 27, 21, tzinfo=ZoneInfo(SEOUL))


def version(
    starts: datetime, *, moved_from: datetime | None = None, status: Status = Status.CONFIRMED, all_day: bool = False
) -> Version:
    when = When(starts, starts + (DAY if all_day else HOUR), all_day)
    return Version(
        uid="1@example.org",
        session=Session(title="Talk", when=when, status=status),
        sequence=0,
        modified=datetime(2024, 1, 1, tzinfo=UTC),
        moved_from=moved_from,
    )


def test_a_digest_is_due_on_the_evening_before_the_week_by_the_readers_clock() -> None:
    assert WEEK.due_at == datetime(2024, 1, 21, 18, tzinfo=ZoneInfo(SEOUL))
    assert Week(MONDAY, BERLIN).due_at == datetime(2024, 1, 21, 18, tzinfo=ZoneInfo(BERLIN))
    assert WEEK.due_at.tzinfo is UTC


def test_a_digest_that_is_a_day_late_is_not_worth_sending() -> None:
    assert WEEK.is_due(WEEK.due_at)
    assert WEEK.is_due(WEEK.due_at + DAY - HOUR)
    assert not WEEK.is_due(WEEK.due_at - HOUR)
    assert not WEEK.is_due(WEEK.due_at + DAY)


def test_a_week_has_one_name_and_one_key_whatever_the_zone() -> None:
    assert {(Week(MONDAY, zone).name, Week(MONDAY, zone).key) for zone in (SEOUL, BERLIN)} == {
        ("2024-W04", datetime(2024, 1, 22, tzinfo=UTC))
    }
    assert Week.keyed(WEEK.key, SEOUL) == WEEK
    assert Week(date(2024, 12, 30), SEOUL).name == "2025-W01"


@given(MOMENTS, ZONES)
def test_every_moment_lies_in_the_one_week_that_it_is_of(moment: datetime, zone: str) -> None:
    week = Week.of(moment, zone)

    assert week.monday.weekday() == 0
    assert week.holds(When(moment, moment))
    for off in (-7, 7):
        assert not Week(week.monday + off * DAY, zone).holds(When(moment, moment))
    assert week.due_at < week.begins_at <= moment


def test_a_session_lies_in_another_week_for_those_who_live_elsewhere() -> None:
    early_on_monday = When(datetime(2024, 1, 29, 3, tzinfo=ZoneInfo(SEOUL)), datetime(2024, 1, 29, 4, tzinfo=UTC))

    assert not WEEK.holds(early_on_monday)
    assert Week(MONDAY, BERLIN).holds(early_on_monday)


def test_a_whole_day_is_the_same_day_everywhere() -> None:
    monday = datetime(2024, 1, 22, tzinfo=ZoneInfo(SEOUL))
    talk = version(monday, all_day=True)

    assert list(list_weeks([talk], ["America/New_York"])) == [Week(MONDAY, "America/New_York")]
    assert list_sessions([talk], Week(MONDAY, "America/New_York")) == (talk,)


@given(st.lists(MOMENTS, max_size=8), st.lists(ZONES, unique=True))
def test_every_week_that_is_listed_has_something_to_tell_and_no_session_is_left_out(
    moments: list[datetime], zones: list[str]
) -> None:
    versions = [version(moment) for moment in moments]

    weeks = list(list_weeks(versions, zones))

    assert len(set(weeks)) == len(weeks)
    assert all(list_sessions(versions, week) for week in weeks)
    told = sum(len(list_sessions(versions, week)) for week in weeks)
    assert told == len(versions) * len(zones)


def test_sessions_are_told_in_the_order_in_which_they_begin() -> None:
    later, sooner = version(SATURDAY), version(SATURDAY - DAY)

    assert list_sessions([later, sooner], WEEK) == (sooner, later)


def test_what_was_put_off_is_told_in_the_week_that_it_left_and_in_the_one_where_it_is() -> None:
    put_off = version(SATURDAY + 7 * DAY, moved_from=SATURDAY.astimezone(UTC))

    assert list(list_weeks([put_off], [SEOUL])) == [Week(MONDAY + 7 * DAY, SEOUL), WEEK]
    assert list_sessions([put_off], WEEK) == (put_off,)


def test_what_was_brought_forward_is_over_in_the_week_that_it_left() -> None:
    brought_forward = version(SATURDAY - 7 * DAY, moved_from=SATURDAY)

    assert list_sessions([brought_forward], WEEK) == ()


@pytest.mark.parametrize(("status", "is_told"), [(Status.CANCELLED, True), (Status.BREAK, False)])
def test_a_session_that_is_called_off_is_told_a_break_is_not(status: Status, is_told: bool) -> None:
    talk = version(SATURDAY, status=status)

    assert bool(list(list_weeks([talk], [SEOUL]))) == is_told
    assert bool(list_sessions([talk], WEEK)) == is_told
