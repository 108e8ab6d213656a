"""Whatever another program reads otherwise than it was meant is found."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.feed.calendar import render_calendar
from service.feed.event import render_event
from service.feed.reading import read_back
from service.schedule.version import Version
from tests.delivery.office import announce
from tests.store.season import VERSION

SERIES = announce()
OTHER = replace(VERSION, uid="def@bell.example.org", withdrawn=True)


def render(*versions: Version) -> bytes:
    return render_calendar(SERIES, [render_event(version, SERIES) for version in versions], versions)


def test_a_calendar_of_ours_is_read_as_it_was_meant() -> None:
    assert read_back(render(VERSION, OTHER), (VERSION, OTHER), SERIES) == []


def test_an_all_day_session_and_an_empty_calendar_are_read_alike() -> None:
    when = VERSION.session.when
    assert when
    midnight = when.starts.replace(hour=0)
    day = replace(when, starts=midnight, ends=midnight + timedelta(days=1), all_day=True)
    long = replace(VERSION, session=replace(VERSION.session, when=day))

    assert read_back(render(long), (long,), SERIES) == []
    assert read_back(render(), (), SERIES) == []


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda calendar: calendar.replace(b"T210000", b"T200000", 1), "starts at"),
        (lambda calendar: calendar.replace(b"T230000", b"T220000", 1), "ends at"),
        (lambda calendar: calendar.replace(b"STATUS:CONFIRMED", b"STATUS:CANCELLED"), "CANCELLED"),
        (lambda calendar: calendar.replace(b"SUMMARY:", b"SUMMARY:Something else\r\nX-WAS:"), "called"),
        (lambda calendar: calendar.replace(b"UID:", b"UID:x"), "missing"),
        (lambda calendar: calendar.replace(b"END:VEVENT\r\n", b""), "no calendar"),
    ],
)
def test_what_differs_is_told(spoil: object, found: str) -> None:
    spoilt = spoil(render(VERSION))  # type: ignore[operator]

    assert spoilt != render(VERSION)
    assert any(found in words for words in read_back(spoilt, (VERSION,), SERIES))
