"""Selected feeds: kept while they are asked for, and never more than fits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.feed.event import render_event
from service.feed.selection import EVERYTHING, Cancelled, Selection, read_selection
from service.feed.style import Style
from service.schedule.series import Series
from service.schedule.version import Version
from service.web.selected import SelectedFeed, SelectedFeeds
from service.web.shelf import Shelf
from tests.feed.season import make_revision, make_season, make_series

NOW = datetime(2024, 1, 20, tzinfo=UTC)
ALARM = read_selection("alarm=30m")


class Rendering:
    """Renders for real and counts."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, version: Version, series: Series, style: Style) -> bytes:
        self.count += 1
        return render_event(version, series, style)


@pytest.fixture
def rendering() -> Rendering:
    return Rendering()


@pytest.fixture
def shelf(rendering: Rendering) -> Shelf:
    shelf = Shelf(rendering)
    shelf.put(make_series(), make_revision(make_season()), now=NOW)
    shelf.prepare("season")
    rendering.count = 0
    return shelf


def select(shelf: Shelf, selection: Selection) -> SelectedFeed:
    found = shelf.select("season", selection)
    assert found is not None
    return found


def edit(versions: tuple[Version, ...]) -> tuple[Version, ...]:
    moment = NOW - timedelta(hours=1)
    return (replace(versions[0], session=replace(versions[0].session, title="neu"), modified=moment), *versions[1:])


def test_what_was_asked_for_is_kept(shelf: Shelf) -> None:
    assert select(shelf, ALARM) is select(shelf, read_selection("alarm=30m&utm_source=x"))
    assert shelf.select("nothing", ALARM) is None


def test_everything_selected_is_the_feed(shelf: Shelf) -> None:
    feed = shelf.feed("season")

    assert feed is not None
    assert select(shelf, EVERYTHING).feed.payload.plain == feed.payload.plain


def test_only_another_language_costs_rendering(shelf: Shelf, rendering: Rendering) -> None:
    for query in ("alarm=30m", "speaker=하늘", "cancelled=omit", "lang=ko", "lang=ko&alarm=1h"):
        select(shelf, read_selection(query))
    assert rendering.count == 0
    select(shelf, Selection(cancelled=Cancelled.STATUS))
    assert rendering.count == 1
    select(shelf, read_selection("lang=en&alarm=1h"))
    assert rendering.count == 1 + 21
    select(shelf, read_selection("lang=en&alarm=30m&speaker=바다"))
    assert rendering.count == 1 + 21


@pytest.mark.parametrize("query", ["alarm=30m", "cancelled=status", "lang=en&alarm=1h", "lang=ja&cancelled=status"])
def test_what_is_put_together_is_what_would_be_rendered(shelf: Shelf, query: str) -> None:
    selection = read_selection(query)

    events = [told for _, told in select(shelf, selection).events]

    assert events == [render_event(version, make_series(), selection.style) for version in make_season()]


def test_one_changed_session_is_rendered_alone(shelf: Shelf, rendering: Rendering) -> None:
    before = select(shelf, read_selection("lang=en"))
    shelf.put(make_series(), make_revision(edit(make_season())), now=NOW)
    rendering.count = 0

    after = select(shelf, read_selection("lang=en"))

    assert rendering.count == 1
    assert after.feed.plain.etag != before.feed.plain.etag


def test_the_same_revision_again_keeps_it(shelf: Shelf) -> None:
    before = select(shelf, ALARM)

    shelf.put(make_series(), make_revision(make_season()), now=NOW + timedelta(hours=1))

    assert select(shelf, ALARM) is before


def test_a_stale_series_says_so_in_every_feed(shelf: Shelf) -> None:
    before = select(shelf, ALARM)

    shelf.put(make_series(), make_revision(make_season()), now=NOW, stale_since=NOW)

    after = select(shelf, ALARM)
    assert after.feed.payload == before.feed.payload
    assert b"x-schedule-stale-since" in dict(after.feed.plain.found)
    assert b"x-schedule-stale-since" in dict(after.download.plain.found)


def test_the_least_recent_goes_when_it_gets_too_much() -> None:
    shelf = Shelf()
    shelf.put(make_series(), make_revision(make_season()), now=NOW)
    shelf.prepare("season")
    place = shelf._places["season"]
    size = SelectedFeeds(render_event).find(place, ALARM).size
    selected = SelectedFeeds(render_event, most_bytes=2 * size + size // 2)
    first, second = ALARM, read_selection("alarm=31m")

    kept = [selected.find(place, first), selected.find(place, second)]
    assert selected.find(place, first) is kept[0]
    selected.find(place, read_selection("alarm=32m"))

    assert selected.find(place, first) is kept[0]
    assert selected.find(place, second) is not kept[1]
