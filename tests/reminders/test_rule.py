"""Rules: wall-clock days in the reader's zone, exact hours, and clear words for what is no lead time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.reminders.rule import Rule, parse_rules

BERLIN, SEOUL = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Seoul")
HOURS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
ZONES = [SEOUL, BERLIN, *map(ZoneInfo, ("America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"))]


def test_a_day_before_keeps_the_wall_clock_when_the_clocks_go_back() -> None:
    start = datetime(2026, 10, 25, 18, tzinfo=BERLIN)

    assert Rule.parse("1d").due(start, BERLIN) == datetime(2026, 10, 24, 18, tzinfo=BERLIN)
    assert Rule.parse("24h").due(start, BERLIN) == datetime(2026, 10, 24, 19, tzinfo=BERLIN)


def test_a_day_before_keeps_the_wall_clock_when_the_clocks_go_forward() -> None:
    start = datetime(2026, 3, 29, 18, tzinfo=BERLIN)

    assert Rule.parse("1d").due(start, BERLIN) == datetime(2026, 3, 28, 18, tzinfo=BERLIN)
    assert Rule.parse("24h").due(start, BERLIN) == datetime(2026, 3, 28, 17, tzinfo=BERLIN)


def test_days_count_in_the_readers_zone_not_in_the_schedules() -> None:
    start = datetime(2026, 10, 25, 21, tzinfo=SEOUL)

    assert Rule.parse("1d").due(start, SEOUL) == start.astimezone(UTC) - timedelta(days=1)
    assert Rule.parse("1d").due(start, BERLIN) == datetime(2026, 10, 24, 13, tzinfo=BERLIN)


def test_a_wall_time_that_the_change_skips_is_read_by_the_offset_before_it() -> None:
    start = datetime(2026, 3, 30, 2, 30, tzinfo=BERLIN)

    assert Rule.parse("1d").due(start, BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.sampled_from(ZONES)),
    st.sampled_from(ZONES),
    st.builds(Rule, st.integers(1, 99), st.sampled_from("wdhm")),
)
def test_a_rule_is_due_before_the_session_by_about_its_lead(start: datetime, zone: ZoneInfo, rule: Rule) -> None:
    due = rule.due(start, zone)

    assert due < start
    assert abs((start - due) - rule.lead) <= timedelta(hours=2)


def test_lead_times_are_read_each_once_the_earliest_reminder_first() -> None:
    assert [str(rule) for rule in parse_rules("1h, 7d 1d 1h")] == ["7d", "1d", "1h"]
    assert parse_rules("  ") == ()
    mixed = "1d@20:00, 1d@8:30 1d 1d@00:00 1w 7d"
    assert [str(rule) for rule in parse_rules(mixed)] == ["7d", "1w", "1d", "1d@00:00", "1d@08:30", "1d@20:00"]


@pytest.mark.parametrize(
    ("starts", "due"),
    [
        ("2026-03-29T18:00", "2026-03-28T19:00Z"),  # the clocks go forward that night
        ("2026-10-25T18:00", "2026-10-24T18:00Z"),  # and back
        ("2026-03-30T18:00", "2026-03-29T18:00Z"),
        ("2026-10-26T00:30", "2026-10-25T19:00Z"),
    ],
)
def test_the_evening_before_is_at_its_hour_on_both_nights_of_the_year(starts: str, due: str) -> None:
    start = datetime.fromisoformat(starts).replace(tzinfo=BERLIN)

    assert Rule.parse("1d@20:00").due(start, BERLIN) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("rule", "starts", "due"),
    [
        ("1d@02:30", "2026-03-30T18:00", "2026-03-29T01:30Z"),  # skipped: by the offset before
        ("1d@02:30", "2026-10-26T18:00", "2026-10-25T00:30Z"),  # repeated: the first of both
        ("1w@00:00", "2026-04-01T00:00", "2026-03-24T23:00Z"),
    ],
)
def test_a_time_of_day_that_is_skipped_or_comes_twice_is_read_as_calendars_do(rule: str, starts: str, due: str) -> None:
    start = datetime.fromisoformat(starts).replace(tzinfo=BERLIN)

    assert Rule.parse(rule).due(start, BERLIN) == datetime.fromisoformat(due)


def test_the_day_before_and_its_hour_are_the_readers() -> None:
    start = datetime(2026, 12, 9, 3, tzinfo=SEOUL)  # in Berlin that is the evening of the 8th

    assert Rule.parse("1d@20:00").due(start, SEOUL) == datetime(2026, 12, 8, 20, tzinfo=SEOUL)
    assert Rule.parse("1d@20:00").due(start, BERLIN) == datetime(2026, 12, 7, 20, tzinfo=BERLIN)


@given(
    st.one_of(
        st.builds(Rule, st.integers(1, 999), st.sampled_from("hm")),
        st.builds(Rule, st.integers(1, 999), st.sampled_from("wd"), st.none() | HOURS),
    )
)
def test_a_rule_is_read_as_it_is_written(rule: Rule) -> None:
    assert Rule.parse(str(rule)) == rule
    assert parse_rules(f"{rule} {rule}") == (rule,)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.sampled_from(ZONES)),
    st.sampled_from(ZONES),
    st.builds(Rule, st.integers(1, 99), st.sampled_from("wd"), HOURS),
)
def test_a_time_of_day_is_on_that_day_and_before_the_session(start: datetime, zone: ZoneInfo, rule: Rule) -> None:
    due = rule.due(start, zone)

    assert due < start
    assert abs((start - due) - rule.lead) <= timedelta(hours=26)
    told, earlier = due.astimezone(zone), (due - timedelta(hours=3)).astimezone(zone)
    is_skipped = told.utcoffset() != earlier.utcoffset()  # only a change of the clocks may make it another time
    assert told.timetz().replace(tzinfo=None) == rule.at or is_skipped


@pytest.mark.parametrize(
    "text",
    ["", "soon", "1", "d", "0d", "1y", "-1d", "1.5h", "1d1h", "1h@20:00", "1d@24:00", "1d@20", "1d@", "1d@2:60", "١d"],
)
def test_what_is_no_lead_time_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="2w, 7d, 1h, 30m"):
        Rule.parse(text)
