"""libical finds nothing wrong with any kind of feed, and would if there were something."""

import re
from itertools import product
from pathlib import Path

import pytest

from service.feed.calendar import render_calendar
from service.feed.event import render_event
from service.feed.selection import Cancelled, Selection
from service.feed.style import Alarm
from service.web.shelf import Shelf
from tests.feed.golden import GOLDEN, Golden
from tests.feed.libical import Judge, find_judge
from tests.feed.season import BEGIN, make_revision, make_season, make_series
from tests.feed.test_sample_season import publish

SEASON = next(golden for golden in GOLDEN if golden.name == "season").feed.read_bytes()
ALARMS = tuple(map(Alarm.parse, ("7d", "1d", "90m")))


@pytest.fixture(scope="module")
def complain() -> Judge:
    return find_judge()


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put(make_series(join_url="https://meet.example.org/room"), make_revision(make_season()), now=BEGIN)
    return shelf


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_a_golden_feed_is_valid(golden: Golden, complain: Judge) -> None:
    assert complain(golden.feed.read_bytes()) == set()


async def test_the_sample_season_is_valid(tmp_path: Path, complain: Judge) -> None:
    _, feed = await publish(tmp_path)
    assert complain(feed) == set()


@pytest.mark.parametrize(("cancelled", "language"), [*product(Cancelled, ["", "en", "ja"])])
@pytest.mark.parametrize("alarms", [(), ALARMS], ids=["silent", "alarms"])
def test_a_selected_feed_is_valid(
    cancelled: Cancelled, language: str, alarms: tuple[Alarm, ...], shelf: Shelf, complain: Judge
) -> None:
    selection = Selection(alarms=alarms, cancelled=cancelled, language=language, speakers=("하늘",), types=("논문",))
    selected = shelf.select("season", selection)
    assert selected
    assert selected.versions
    assert complain(selected.feed.plain.body) == complain(selected.download.plain.body) == set()


def test_a_selection_of_nothing_is_valid(shelf: Shelf, complain: Judge) -> None:
    selected = shelf.select("season", Selection(speakers=("nobody",)))
    assert selected
    assert complain(selected.feed.plain.body) == set()


def test_the_download_and_every_single_session_are_valid(shelf: Shelf, complain: Judge) -> None:
    published, download = shelf.published("season"), shelf.download("season")
    assert published
    assert download
    assert complain(download.plain.body) == set()
    for version in published.versions:
        session = shelf.session("season", version.id)
        assert session
        assert complain(session.plain.body) == set()


def test_sessions_of_several_series_in_one_calendar_are_valid(complain: Judge) -> None:
    """As in the feed of a person."""
    ours = [render_event(version, make_series()) for version in make_season(2)]
    theirs = next(golden.versions for golden in GOLDEN if golden.name == "new-york")
    events = [*ours, *(render_event(version, make_series(slug="other")) for version in theirs)]
    assert complain(render_calendar(make_series(slug="mine"), events, [*make_season(2), *theirs])) == set()


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        (rb"DTSTAMP:.*\r\n", b""),
        (rb"DTSTART;TZID=.*\r\n", b""),
        (rb"DTSTART;TZID=.*\r\n", b"DTSTART;TZID=Asia/Seoul:2024013T99\r\n"),
        (rb"(UID:k3.*\r\n)", rb"\1\1"),
        (rb"(SUMMARY:.*\r\n)", rb"\1\1"),
        (rb"(DTEND;.*\r\n)", rb"\1DURATION:PT1H\r\n"),
        (rb"STATUS:.*\r\n", b"STATUS:COMPLETED\r\n"),
        (rb"SEQUENCE:.*\r\n", b"two words\r\n"),
        (rb"SEQUENCE:", b"SEQUENCE;=:"),
        (rb"REFRESH-INTERVAL;VALUE=DURATION:PT1H", b"REFRESH-INTERVAL;VALUE=DURATION:soon"),
        (rb"END:VEVENT", b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:soon\r\nEND:VALARM\r\nEND:VEVENT"),
        (rb"PRODID:.*\r\n", b""),
        (rb"VERSION:2.0\r\n", b""),
        (rb"METHOD:PUBLISH\r\n", b"METHOD:PUBLISH\r\nMETHOD:PUBLISH\r\n"),
        (rb"END:VCALENDAR\r\n", b""),
    ],
)
def test_a_broken_feed_is_not(line: bytes, instead: bytes, complain: Judge) -> None:
    broken = re.sub(line, instead, SEASON, count=1)
    assert broken != SEASON
    assert complain(broken)
