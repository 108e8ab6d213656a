"""The feed of a series."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from service.feed.calendar import FAREWELL, leaves_at, listed, render_calendar
from service.feed.event import render_event
from service.schedule.session import Session, Status
from service.schedule.version import Version
from tests.feed.season import BEGIN, PUBLISHED, make_season, make_series, make_version, make_when

ROOT = Path(__file__).parents[2]
CANCELLED = make_version(Session(title="첫 모임", when=make_when(), status=Status.CANCELLED))


def read(versions: tuple[Version, ...]) -> Any:
    series = make_series()
    events = [render_event(version, series) for version in versions]
    return icalendar.Calendar.from_ical(render_calendar(series, events, versions))


def test_the_calendar_says_what_programs_look_for() -> None:
    calendar = read(make_season())
    assert calendar["VERSION"] == "2.0"
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "논문 읽기 시즌 4"
    assert calendar["DESCRIPTION"] == calendar["X-WR-CALDESC"]
    assert calendar["URL"] == "https://bell.example.org/season"
    assert calendar["X-WR-TIMEZONE"] == "Asia/Seoul"


def test_only_events_have_a_uid_because_some_programs_take_the_first_for_an_event_s() -> None:
    assert "UID" not in read(make_season())


def test_the_refresh_interval_is_a_duration_and_said_twice() -> None:
    feed = render_calendar(make_series(), [], [])
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in feed
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in feed


def test_the_last_modification_is_that_of_the_youngest_event() -> None:
    young = make_version(id="aaaa0002", modified=PUBLISHED + timedelta(hours=5))
    assert read((make_version(), young))["LAST-MODIFIED"].dt == PUBLISHED + timedelta(hours=5)


def test_events_stand_in_the_order_given() -> None:
    season = make_season()[::-1]
    assert [event["UID"] for event in read(season).walk("VEVENT")] == [version.uid for version in season]


def test_a_calendar_without_events_still_has_its_zone() -> None:
    assert [str(zone["TZID"]) for zone in read(()).walk("VTIMEZONE")] == ["Asia/Seoul"]


def test_the_zones_used_stand_once_each_in_order() -> None:
    away = [
        make_version(Session(title=key, when=make_when(datetime(2024, 5, 1, 9, tzinfo=ZoneInfo(key)))))
        for key in ("Europe/Berlin", "America/New_York", "Europe/Berlin")
    ]
    zones = [str(zone["TZID"]) for zone in read(tuple(away)).walk("VTIMEZONE")]
    assert zones == ["America/New_York", "Asia/Seoul", "Europe/Berlin"]


def test_a_season_has_equal_bytes_in_every_process() -> None:
    script = "from tests.feed.golden import GOLDEN; import hashlib\n"
    script += "print(hashlib.sha256(b''.join(golden.render() for golden in GOLDEN)).hexdigest())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "TZ": zone},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "America/New_York"))
    }
    assert len(digests) == 1


def test_a_cancelled_session_leaves_two_weeks_after_its_start() -> None:
    assert listed([CANCELLED], BEGIN + FAREWELL - timedelta(seconds=1)) == (CANCELLED,)
    assert listed([CANCELLED], BEGIN + FAREWELL) == ()


def test_a_withdrawn_session_leaves_likewise() -> None:
    withdrawn = replace(make_version(), withdrawn=True)
    assert listed([withdrawn], BEGIN) == (withdrawn,)
    assert listed([withdrawn], BEGIN + FAREWELL) == ()


def test_a_held_session_stays() -> None:
    assert listed([make_version()], BEGIN + timedelta(days=4000)) == (make_version(),)


@pytest.mark.parametrize(
    "session", [Session(title="언젠가"), Session(title="쉼", when=make_when(), status=Status.BREAK)]
)
def test_what_is_no_meeting_is_not_listed(session: Session) -> None:
    assert listed([make_version(session)], BEGIN) == ()


def test_only_what_was_called_off_leaves() -> None:
    assert leaves_at(make_version()) is None
    assert leaves_at(CANCELLED) == BEGIN + FAREWELL
    assert leaves_at(make_version(Session(title="언젠가", status=Status.CANCELLED))) is None
