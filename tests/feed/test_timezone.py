"""VTIMEZONE, read by programs that trust it alone."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar
import pytest
from dateutil.tz import tzical  # type: ignore[import-untyped]

from service.feed.calendar import render_calendar
from service.feed.event import render_event
from service.feed.timezone import render_timezone
from service.feed.zone import tell_time
from service.schedule.session import Session
from service.schedule.version import Version
from tests.feed.reading import Reading, expect
from tests.feed.season import make_series, make_version, make_when
from tests.feed.test_zone import ZONES

INSTANTS = [
    datetime(2026, month, day, 12, tzinfo=UTC) for month, day in ((1, 15), (3, 1), (3, 20), (7, 15), (10, 28), (12, 31))
]


def test_seoul_is_one_standard_without_history() -> None:
    assert render_timezone("Asia/Seoul").decode().splitlines() == [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Seoul",
        "BEGIN:STANDARD",
        "DTSTART:19881009T030000",
        "TZNAME:KST",
        "TZOFFSETFROM:+0900",
        "TZOFFSETTO:+0900",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


def test_new_york_has_a_yearly_rule_each_way_that_starts_in_the_old_offset() -> None:
    assert render_timezone("America/New_York").decode().splitlines()[2:-1] == [
        "BEGIN:STANDARD",
        "DTSTART:19701101T020000",
        "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11",
        "TZNAME:EST",
        "TZOFFSETFROM:-0400",
        "TZOFFSETTO:-0500",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700308T020000",
        "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3",
        "TZNAME:EDT",
        "TZOFFSETFROM:-0500",
        "TZOFFSETTO:-0400",
        "END:DAYLIGHT",
    ]


def test_no_zone_has_anything_that_outlook_cannot_read() -> None:
    for key in ZONES:
        zone: Any = icalendar.Timezone.from_ical(render_timezone(key))
        observances = [observance.name for observance in zone.subcomponents]
        assert zone["TZID"] == key
        assert observances in (["STANDARD"], ["STANDARD", "DAYLIGHT"]), key
        for observance in zone.subcomponents:
            assert set(observance) - {"RRULE"} == {"DTSTART", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO"}, key
            assert ("RRULE" in observance) == (len(observances) == 2), key
            assert observance["TZOFFSETTO"].td % timedelta(minutes=1) == timedelta(0), key


def test_every_zone_reads_rightly_where_nothing_but_the_vtimezone_is_known() -> None:
    for key in ZONES:
        reader = tzical(StringIO(render_timezone(key).decode())).get()
        for instant in INSTANTS:
            told = tell_time(instant.astimezone(ZoneInfo(key)))
            read = told if told.tzinfo is UTC else told.replace(tzinfo=reader)
            assert read.astimezone(UTC) == instant, key


@pytest.mark.node
def test_every_kind_of_zone_reads_rightly_in_javascript(
    read_with_node: Callable[[Sequence[bytes]], list[list[Reading]]],
) -> None:
    series = make_series()
    one_of_a_kind = {render_timezone(key).replace(key.encode(), b""): key for key in ZONES}
    seasons = [[_hold(key, instant) for instant in INSTANTS] for key in one_of_a_kind.values()]
    feeds = [render_calendar(series, [render_event(each, series) for each in season], season) for season in seasons]
    expected = [expect(series, season) for season in seasons]
    assert read_with_node(feeds) == [*expected, *expected]


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        render_timezone("Asia/Nowhere")


def _hold(key: str, instant: datetime) -> Version:
    when = make_when(instant.astimezone(ZoneInfo(key)))
    return make_version(Session(title=key, when=when), id=f"day{instant:%m%d}")
