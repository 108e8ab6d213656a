"""Five independent parsers, and a calendar program, read every feed alike."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.feed.calendar import render_calendar
from service.feed.event import render_event
from service.schedule.session import Session, Status
from service.schedule.text import clean_line, mask_addresses
from service.schedule.version import Version
from tests.feed.golden import GOLDEN, Golden
from tests.feed.reading import PYTHON_READERS, Reading, as_khal_reads, as_node_ical_reads, expect
from tests.feed.season import make_season, make_series, make_version, make_when

ReadMany = Callable[[Sequence[bytes]], list[list[Reading]]]

ZONES = (
    "Asia/Seoul", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Europe/Dublin", "America/Santiago",
    "America/Nuuk", "Asia/Jerusalem", "Africa/Cairo", "Asia/Kathmandu", "Pacific/Chatham", "America/Asuncion", "UTC",
)  # fmt: skip


def _texts(longest: int) -> st.SearchStrategy[str]:
    letters = st.characters(codec="utf-8") | st.sampled_from("\\;,\"':nN가나🎉é")
    return st.text(letters, max_size=longest).map(lambda text: mask_addresses(clean_line(text)))


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    wall = draw(st.datetimes(datetime(2001, 1, 1), datetime(2060, 1, 1)))
    starts = wall.replace(microsecond=0, tzinfo=zone)
    return Session(
        title=draw(_texts(120).filter(bool)),
        when=make_when(starts, draw(st.timedeltas(timedelta(0), timedelta(days=3)))),
        place=draw(_texts(60)),
        note=draw(_texts(60)),
        type=draw(_texts(10)),
        status=draw(st.sampled_from([Status.CONFIRMED, Status.CANCELLED, Status.TENTATIVE])),
    )


def _golden_expected(golden: Golden) -> list[Reading]:
    cleaned = [
        replace(version, session=replace(version.session, title=clean_line(version.session.title)))
        for version in golden.versions
    ]
    return expect(golden.series, cleaned)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
@pytest.mark.parametrize("reader", PYTHON_READERS)
def test_a_golden_feed_reads_as_it_was_meant(reader: str, golden: Golden) -> None:
    assert PYTHON_READERS[reader](golden.feed.read_bytes()) == _golden_expected(golden)


@settings(max_examples=60, deadline=None)
@given(st.lists(sessions(), min_size=1, max_size=4))
def test_any_sessions_read_alike_in_every_python_parser(drawn: list[Session]) -> None:
    series = make_series(join_url="https://meet.example.org/room")
    versions = [make_version(session, id=f"aaaa{index:04}") for index, session in enumerate(drawn)]
    feed = _render(versions)
    for read in PYTHON_READERS.values():
        assert read(feed) == expect(series, versions)


@pytest.mark.node
def test_javascript_parsers_read_the_feeds_alike(read_with_node: ReadMany) -> None:
    feeds = [*(golden.feed.read_bytes() for golden in GOLDEN), _render(make_season())]
    series = make_series(join_url="https://meet.example.org/room")
    expected = [*map(_golden_expected, GOLDEN), expect(series, make_season())]
    readings = read_with_node(feeds)
    assert readings[: len(feeds)] == expected, "ical.js"
    assert readings[len(feeds) :] == [[*map(as_node_ical_reads, events)] for events in expected], "node-ical"


def test_khal_reads_the_feeds_alike(read_with_khal: Callable[[bytes], list[Reading]]) -> None:
    # khal takes its parser from the system: an old icalendar, which loses backslashes.
    for golden in [golden for golden in GOLDEN if golden.name != "backslashes"]:
        expected = [*map(as_khal_reads, _golden_expected(golden))]
        assert read_with_khal(golden.feed.read_bytes()) == expected


def _render(versions: Sequence[Version]) -> bytes:
    series = make_series(join_url="https://meet.example.org/room")
    return render_calendar(series, [render_event(version, series) for version in versions], versions)
