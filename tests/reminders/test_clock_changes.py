"""The nights on which clocks change: a day before is the same time on the wall, an hour before is an hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.reminders.occasion import Audience, list_occasions
from service.reminders.rule import Rule, parse_rules
from service.schedule.session import Session, When
from service.schedule.version import Version

HOUR = timedelta(hours=1)
NIGHTS = [
    ("Europe/London", "2026-03-29", 23),
    ("Europe/London", "2026-10-25", 25),
    ("Europe/Berlin", "2026-03-29", 23),
    ("Europe/Berlin", "2026-10-25", 25),
    ("America/New_York", "2026-03-08", 23),
    ("America/New_York", "2026-11-01", 25),
    ("America/Los_Angeles", "2026-03-08", 23),
    ("America/Los_Angeles", "2026-11-01", 25),
    ("America/St_Johns", "2026-03-08", 23),
    ("America/St_Johns", "2026-11-01", 25),
    ("America/Santiago", "2026-04-05", 25),
    ("America/Santiago", "2026-09-06", 23),
    ("Australia/Sydney", "2026-04-05", 25),
    ("Australia/Sydney", "2026-10-04", 23),
    ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ("Australia/Lord_Howe", "2026-10-04", 23.5),
    ("Pacific/Auckland", "2026-04-05", 25),
    ("Pacific/Auckland", "2026-09-27", 23),
    ("Africa/Cairo", "2026-04-24", 23),
    ("Africa/Cairo", "2026-10-30", 25),
    ("Africa/Casablanca", "2024-03-10", 25),  # Ramadan began
    ("Africa/Casablanca", "2024-04-14", 23),  # and was over
    ("Pacific/Apia", "2011-04-02", 25),
    ("Pacific/Apia", "2012-04-01", 25),
    ("Asia/Seoul", "2026-03-29", 24),
    ("Asia/Seoul", "2026-10-25", 24),
]
"""A zone, the day after whose first hours its clocks were changed, and how long that day and night took until 19:00."""


def evening(zone: str, day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T19:00").replace(tzinfo=ZoneInfo(zone))


def leads(start: datetime, zone: str, rules: str) -> dict[str, timedelta]:
    """How long before the session each reminder falls due."""
    session = Session(title="Session", when=When(start, start + 2 * HOUR))
    version = Version(uid="a@b", session=session, sequence=0, modified=start)
    found = list_occasions([version], [Audience(zone, "")], parse_rules(rules))
    return {one.rule: start.astimezone(UTC) - one.due_at for one in found}


@pytest.mark.parametrize(("zone", "day", "hours"), NIGHTS)
def test_a_day_before_is_the_same_time_on_the_wall_and_hours_are_hours(zone: str, day: str, hours: float) -> None:
    start = evening(zone, day)

    assert leads(start, zone, "1d") == {"1d": hours * HOUR}
    assert leads(start, zone, "24h 1h") == {"24h": 24 * HOUR, "1h": HOUR}
    due = Rule(1, "d").due(start, ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    assert (due.hour, due.minute, due.date()) == (19, 0, start.date() - timedelta(days=1))


@pytest.mark.parametrize(("zone", "day", "hours"), NIGHTS)
def test_a_week_before_counts_the_same_change_once(zone: str, day: str, hours: float) -> None:
    assert leads(evening(zone, day), zone, "1w") == {"1w": (6 * 24 + hours) * HOUR}


def test_who_reads_elsewhere_keeps_their_own_clock() -> None:
    """The session meets in Seoul, where nothing changes; in Berlin the night is an hour short."""
    start = evening("Asia/Seoul", "2026-03-29")

    assert leads(start, "Asia/Seoul", "1d") == {"1d": 24 * HOUR}
    assert leads(start, "Europe/Berlin", "1d") == {"1d": 23 * HOUR}


def test_the_day_that_samoa_left_out_has_no_evening_to_remind_in() -> None:
    """On the evening before there was no evening before: the week's reminder, six days earlier, stays useful."""
    start = evening("Pacific/Apia", "2011-12-31")

    assert leads(start, "Pacific/Apia", "7d 1d 1h") == {"7d": 6 * 24 * HOUR, "1h": HOUR}
    assert leads(evening("Pacific/Apia", "2012-01-01"), "Pacific/Apia", "1d") == {"1d": 24 * HOUR}


@pytest.mark.parametrize(
    ("zone", "start", "due"),
    [
        ("Europe/Berlin", "2026-03-30T02:30", "2026-03-29T01:30Z"),  # 02:30 was skipped: read with the time before it
        ("Europe/Berlin", "2026-10-26T02:30", "2026-10-25T00:30Z"),  # 02:30 came twice: the first is meant
        ("America/New_York", "2026-03-09T02:30", "2026-03-08T07:30Z"),
        ("America/New_York", "2026-11-02T01:30", "2026-11-01T05:30Z"),
        ("Australia/Lord_Howe", "2026-10-05T02:15", "2026-10-03T15:45Z"),  # half an hour is skipped
        ("Australia/Lord_Howe", "2026-04-06T01:45", "2026-04-04T14:45Z"),
        ("Africa/Cairo", "2026-04-25T00:30", "2026-04-23T22:30Z"),  # it changes at midnight
        ("America/Santiago", "2026-09-07T00:30", "2026-09-06T04:30Z"),
    ],
)
def test_a_time_that_the_change_skips_or_repeats_is_read_as_rfc_5545_has_it(zone: str, start: str, due: str) -> None:
    local = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone))

    assert Rule(1, "d").due(local, ZoneInfo(zone)) == datetime.fromisoformat(due)
