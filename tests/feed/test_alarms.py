"""Alarms: what a calendar shows before a session."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream

from service.feed.calendar import render_calendar
from service.feed.event import render_event
from service.feed.style import Alarm, Style
from service.schedule.session import Session, Status
from service.schedule.version import Version
from tests.feed.reading import PYTHON_READERS, Reading, expect
from tests.feed.season import BEGIN, make_season, make_series, make_version, make_when

STYLE = Style(alarms=(Alarm.parse("1d"), Alarm.parse("30m")))
TITLE = "긴 제목; 쉼표, 그리고 \\ 모두 들어 있는 세미나: " + "아주 긴 이름 " * 12


def test_each_alarm_shows_the_title_at_its_time() -> None:
    version = make_version(Session(title=TITLE.strip(), when=make_when()))

    event: Any = icalendar.Event.from_ical(render_event(version, make_series(), STYLE))

    alarms = event.walk("VALARM")
    assert [alarm["UID"] for alarm in alarms] == ["aaaa0001-1d@bell.example.org", "aaaa0001-30m@bell.example.org"]
    assert {(alarm["ACTION"], str(alarm["DESCRIPTION"])) for alarm in alarms} == {("DISPLAY", str(event["SUMMARY"]))}
    triggers = [time.trigger for time in event.alarms.times]
    assert triggers == [BEGIN - timedelta(days=1), BEGIN - timedelta(minutes=30)]


def test_lines_are_folded_within_75_octets() -> None:
    rendered = render_event(make_version(Session(title=TITLE, when=make_when())), make_series(), STYLE)

    assert max(map(len, rendered.split(b"\r\n"))) <= 75
    assert rendered.decode().endswith("END:VALARM\r\nEND:VEVENT\r\n")


@pytest.mark.parametrize("withdrawn", [False, True])
def test_there_is_no_alarm_for_what_was_called_off(withdrawn: bool) -> None:
    status = Status.CONFIRMED if withdrawn else Status.CANCELLED
    version = make_version(Session(title="x", when=make_when(), status=status), withdrawn=withdrawn)

    assert b"VALARM" not in render_event(version, make_series(), STYLE)


def test_without_a_style_there_is_no_alarm() -> None:
    assert b"VALARM" not in render_event(make_version(), make_series())


def test_a_strict_parser_reads_them() -> None:
    [event] = IcsCalendarStream.calendar_from_ics(_feed(make_version()).decode()).events

    assert [alarm.trigger for alarm in event.alarm] == [timedelta(days=-1), timedelta(minutes=-30)]


@pytest.mark.parametrize("reader", PYTHON_READERS)
def test_sessions_read_the_same_with_alarms(reader: str) -> None:
    assert PYTHON_READERS[reader](_feed(*make_season())) == expect(make_series(), make_season())


@pytest.mark.node
def test_javascript_parsers_read_the_same_with_alarms(
    read_with_node: Callable[[Sequence[bytes]], list[list[Reading]]],
) -> None:
    assert read_with_node([_feed(*make_season())]) == [expect(make_series(), make_season())] * 2


def _feed(*versions: Version) -> bytes:
    series = make_series()
    return render_calendar(series, [render_event(version, series, STYLE) for version in versions], versions)
