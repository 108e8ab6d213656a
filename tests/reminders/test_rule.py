"""Rules: wall-clock days in the reader's zone, exact hours, and clear words for what is no lead time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.reminders.rule import Rule, parse_rules

BERLIN, SEOUL = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Seoul")
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


@pytest.mark.parametrize("text", ["", "soon", "1", "d", "0d", "1y", "-1d", "1.5h", "1d1h"])
def test_what_is_no_lead_time_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="2w, 7d, 1h, 30m"):
        Rule.parse(text)
