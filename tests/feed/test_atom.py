"""The feed of changes, as a reader of feeds sees it."""

from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from service.feed.atom import render_atom
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version
from tests.feed.season import BEGIN, PUBLISHED, make_season, make_series, make_version, make_when

NS = {"atom": "http://www.w3.org/2005/Atom"}


def read(*versions: Version) -> ElementTree.Element:
    return ElementTree.fromstring(render_atom(make_series(), versions))


def text(element: ElementTree.Element, path: str) -> str:
    return element.findtext(path, "", NS)


def test_it_has_what_the_standard_asks_for() -> None:
    feed = read(*make_season())

    assert (text(feed, "atom:title"), text(feed, "atom:updated")) == ("논문 읽기 시즌 4", "2024-01-02T03:04:05Z")
    assert text(feed, "atom:author/atom:name")
    assert {link.get("rel"): link.get("href") for link in feed.findall("atom:link", NS)} == {
        "self": "https://bell.example.org/season.atom",
        "alternate": "https://bell.example.org/season",
    }
    for part in (feed, *feed.findall("atom:entry", NS)):
        assert text(part, "atom:id").startswith("urn:uuid:")


def test_ids_are_unique_and_stay_when_a_session_changes() -> None:
    season = make_season()
    before = [text(entry, "atom:id") for entry in read(*season).findall("atom:entry", NS)]
    moved = [replace(version, modified=PUBLISHED + timedelta(days=1), sequence=1) for version in season]
    after = [text(entry, "atom:id") for entry in read(*moved).findall("atom:entry", NS)]

    assert len(set(before)) == 21
    assert after == before


def test_the_latest_change_comes_first_and_the_oldest_leave() -> None:
    versions = [
        make_version(id=f"w{number:04}", modified=PUBLISHED + timedelta(minutes=number)) for number in range(130)
    ]

    feed = read(*versions)

    updated = [text(entry, "atom:updated") for entry in feed.findall("atom:entry", NS)]
    assert updated == sorted(updated, reverse=True)
    assert len(updated) == 100
    assert text(feed, "atom:updated") == updated[0]


def test_an_entry_tells_when_where_who_and_what() -> None:
    session = Session(
        title="a < b & c", when=make_when(), speakers=("하늘",), place="Room 1", type="논문", note="x@example.org",
        links=(Link("https://a.example.org/?x=1&y=2", "논문"),),
    )  # fmt: skip

    [entry] = read(make_version(session)).findall("atom:entry", NS)

    assert text(entry, "atom:title") == "a < b & c"
    assert text(entry, "atom:summary").split("\n") == [
        "2024-01-27 21:00–23:00 (Asia/Seoul)", "Room 1", "발표: 하늘", "논문: https://a.example.org/?x=1&y=2",
        "x***@***",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("when", "told"),
    [
        (make_when(BEGIN, timedelta(hours=5)), "2024-01-27 21:00–2024-01-28 02:00 (Asia/Seoul)"),
        (make_when(BEGIN.replace(hour=0), timedelta(days=1), all_day=True), "2024-01-27"),
        (make_when(BEGIN.replace(hour=0), timedelta(days=3), all_day=True), "2024-01-27 – 2024-01-29"),
    ],
)
def test_the_time_reads_alike_in_every_language(when: When, told: str) -> None:
    [entry] = read(make_version(Session(title="x", when=when))).findall("atom:entry", NS)

    assert text(entry, "atom:summary") == told


def test_a_cancelled_session_says_so() -> None:
    cancelled = make_version(Session(title="x", when=make_when(), status=Status.CANCELLED))

    assert text(read(cancelled), "atom:entry/atom:title") == "[취소] x"


def test_equal_values_give_equal_bytes() -> None:
    assert render_atom(make_series(), make_season()) == render_atom(make_series(), make_season())
