"""Zones as calendars are told of them: right for every IANA zone, or not relied on."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.feed.zone import read_zone, tell_time

ZONES = sorted(available_timezones() - {"localtime"})
MONTHS = [datetime(year, month, 11, 12, tzinfo=UTC) for year in (2024, 2025, 2026, 2027) for month in range(1, 13)]
NEW_YORK = ZoneInfo("America/New_York")


def is_read_rightly(moment: datetime) -> bool:
    """Whether a program that knows nothing but the zone's rule finds the instant of `moment`."""
    told = tell_time(moment)
    if told.tzinfo is UTC:
        return told == moment.astimezone(UTC)  # an hour that comes twice equals nothing in another zone (PEP 495)
    assert isinstance(told.tzinfo, ZoneInfo)
    return read_zone(told.tzinfo.key).readings(told.replace(tzinfo=None)) == {moment.astimezone(UTC)}


@pytest.mark.parametrize("month", MONTHS[:12], ids=lambda month: f"{month:%B}")
def test_every_zone_is_told_rightly_in_every_month(month: datetime) -> None:
    assert all(is_read_rightly(month.astimezone(ZoneInfo(key))) for key in ZONES)


@settings(max_examples=300, deadline=None)
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    st.sampled_from(ZONES),
)
def test_any_instant_is_told_rightly_in_any_zone(wall: datetime, key: str) -> None:
    assert is_read_rightly(wall.replace(tzinfo=UTC).astimezone(ZoneInfo(key)))


def test_nearly_every_zone_is_told_in_its_own_wall_clock_time() -> None:
    in_utc = {key for key in ZONES for month in MONTHS if tell_time(month.astimezone(ZoneInfo(key))).tzinfo is UTC}
    always_utc = {key for key in ZONES if not read_zone(key).turns and not read_zone(key).offset}
    assert always_utc <= in_utc
    assert len(in_utc - always_utc) < 10, "zones with exceptions in these years"


@pytest.mark.parametrize(
    "key", ["Asia/Seoul", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tokyo"]
)
def test_a_settled_zone_never_needs_utc(key: str) -> None:
    assert all(isinstance(tell_time(month.astimezone(ZoneInfo(key))).tzinfo, ZoneInfo) for month in MONTHS)


def test_the_hour_that_comes_twice_is_told_in_utc() -> None:
    first = datetime(2024, 11, 3, 1, 30, tzinfo=NEW_YORK)
    assert tell_time(first).isoformat() == "2024-11-03T05:30:00+00:00"
    assert tell_time(first.replace(fold=1)).isoformat() == "2024-11-03T06:30:00+00:00"


def test_a_time_in_the_skipped_hour_is_told_as_the_time_it_becomes() -> None:
    skipped = datetime(2024, 3, 10, 2, 30, tzinfo=NEW_YORK)
    assert tell_time(skipped).isoformat() == "2024-03-10T03:30:00-04:00"


def test_ramadan_in_casablanca_is_told_in_utc() -> None:
    casablanca = ZoneInfo("Africa/Casablanca")
    assert tell_time(datetime(2025, 3, 10, 20, tzinfo=casablanca)).tzinfo is UTC
    assert tell_time(datetime(2025, 5, 10, 20, tzinfo=casablanca)).tzinfo is casablanca


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=9)), ZoneInfo("UTC"), ZoneInfo("Etc/UTC")], ids=str)
def test_a_zone_without_a_clock_of_its_own_is_told_in_utc(zone: timezone | ZoneInfo) -> None:
    assert tell_time(datetime(2024, 1, 27, 21, tzinfo=zone)).tzinfo is UTC


def test_lord_howe_turns_by_half_an_hour() -> None:
    assert {turn.after - turn.before for turn in read_zone("Australia/Lord_Howe").turns} == {
        timedelta(minutes=30),
        timedelta(minutes=-30),
    }
