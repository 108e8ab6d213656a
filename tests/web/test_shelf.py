"""The shelf: what is published, rendered once."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time

import icalendar
import pytest

from service.feed.calendar import FAREWELL
from service.feed.event import render_event
from service.feed.style import Style
from service.schedule.series import Series
from service.schedule.session import Status
from service.schedule.version import Revision, Version
from service.store.kept import Kept
from service.web.representation import Representation
from service.web.shelf import Published, Shelf
from tests.feed.season import BEGIN, PUBLISHED, make_revision, make_season, make_series

NOW = datetime(2024, 1, 20, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


class CountingRenderer:
    """Renders for real and remembers what."""

    def __init__(self) -> None:
        self.rendered: list[str] = []

    def __call__(self, version: Version, series: Series, style: Style) -> bytes:
        self.rendered.append(version.id)
        return render_event(version, series, style)


def put(
    shelf: Shelf, versions: tuple[Version, ...], now: datetime = NOW, stale_since: datetime | None = None
) -> Published:
    return shelf.put(make_series(), make_revision(versions), now=now, stale_since=stale_since)


def feed(shelf: Shelf, slug: str = "season") -> Representation:
    found = shelf.feed(slug)
    assert found is not None
    return found


def edit(versions: tuple[Version, ...], place: int, now: datetime = LATER, **changes: object) -> tuple[Version, ...]:
    before = versions[place]
    session = replace(before.session, **changes)  # type: ignore[arg-type]
    after = replace(before, session=session, sequence=before.sequence + 1, modified=now)
    return (*versions[:place], after, *versions[place + 1 :])


def test_nothing_is_published_at_first() -> None:
    shelf = Shelf()
    assert shelf.published("season") is None
    assert [shelf.feed("season"), shelf.download("season"), shelf.session("season", "week0001")] == [None] * 3
    assert shelf.slugs() == ()


def test_what_was_put_is_published() -> None:
    shelf, season = Shelf(), make_season()
    put(shelf, season)
    assert shelf.slugs() == ("season",)
    published = shelf.published("season")
    assert published is not None
    assert (published.series, published.versions) == (make_series(), season)
    assert feed(shelf).modified == PUBLISHED


def test_the_feed_lists_every_session() -> None:
    shelf = Shelf()
    put(shelf, make_season())
    calendar = icalendar.Calendar.from_ical(feed(shelf).plain.body)
    assert len(calendar.walk("VEVENT")) == 21


def test_the_download_is_the_same_feed_as_an_attachment() -> None:
    shelf = Shelf()
    put(shelf, make_season())
    download = shelf.download("season")
    assert download is not None
    assert download.plain.body is feed(shelf).plain.body
    assert dict(feed(shelf).plain.found)[b"content-disposition"].startswith(b'inline; filename="season.ics"')
    assert dict(download.plain.found)[b"content-disposition"].startswith(b'attachment; filename="season.ics"')


def test_one_session_is_a_calendar_of_its_own() -> None:
    shelf = Shelf()
    put(shelf, make_season())
    alone = shelf.session("season", "week0003")
    assert alone is not None
    (event,) = icalendar.Calendar.from_ical(gzip.decompress(alone.gzip.body)).walk("VEVENT")
    assert event["UID"] == "week0003@bell.example.org"
    assert b'filename="season-week0003.ics"' in dict(alone.plain.found)[b"content-disposition"]
    assert shelf.session("season", "week0003") is alone
    assert shelf.session("season", "nothing1") is None


def test_a_session_is_rendered_once_per_version() -> None:
    renderer = CountingRenderer()
    shelf, season = Shelf(renderer), make_season()
    put(shelf, season)
    assert renderer.rendered == [], "nobody has asked"
    shelf.prepare("season")
    assert len(renderer.rendered) == 21
    put(shelf, make_season(), LATER)
    assert len(renderer.rendered) == 21
    put(shelf, edit(season, 7, title="Another title"), LATER)
    assert renderer.rendered[21:] == ["week0008"]


def test_reading_renders_nothing() -> None:
    renderer = CountingRenderer()
    shelf = Shelf(renderer)
    put(shelf, make_season())
    shelf.prepare("season")
    renderer.rendered.clear()
    for _ in range(3):
        assert shelf.feed("season") is shelf.feed("season")
        assert shelf.session("season", "week0001") is shelf.session("season", "week0001")
    assert renderer.rendered == []


def test_a_change_of_the_series_renders_everything() -> None:
    renderer = CountingRenderer()
    shelf = Shelf(renderer)
    put(shelf, make_season())
    shelf.prepare("season")
    moved = make_series(location="Library")
    shelf.put(moved, make_revision(make_season()), now=LATER)
    assert len(renderer.rendered) == 42
    assert feed(shelf).modified == LATER


def test_putting_the_same_again_changes_no_byte_and_no_date() -> None:
    shelf = Shelf()
    put(shelf, make_season())
    before, alone = shelf.feed("season"), shelf.session("season", "week0001")
    put(shelf, make_season(), LATER)
    assert shelf.feed("season") is before
    assert shelf.session("season", "week0001") is alone


def test_an_edit_changes_tag_and_date() -> None:
    shelf, season = Shelf(), make_season()
    put(shelf, season)
    before = feed(shelf)
    put(shelf, edit(season, 0, title="Another title"), LATER)
    assert feed(shelf).plain.etag != before.plain.etag
    assert feed(shelf).modified == LATER


def test_two_processes_say_the_same_of_the_same_revision() -> None:
    first, second = Shelf(), Shelf()
    put(first, make_season(), NOW)
    put(second, make_season(), LATER)
    assert first.feed("season") == second.feed("season")


def test_a_revision_from_the_future_is_not_dated_there() -> None:
    shelf = Shelf()
    put(shelf, make_season(), PUBLISHED - timedelta(days=1))
    assert feed(shelf).modified == PUBLISHED - timedelta(days=1)


def test_a_cancelled_session_leaves_in_time_and_that_is_a_change() -> None:
    shelf = Shelf()
    cancelled = edit(make_season(3), 0, NOW, status=Status.CANCELLED)
    put(shelf, cancelled)
    before = feed(shelf)
    put(shelf, cancelled, BEGIN + FAREWELL + timedelta(minutes=5))
    assert feed(shelf).plain.etag != before.plain.etag
    assert feed(shelf).modified == BEGIN + FAREWELL
    assert shelf.session("season", "week0001") is None


def test_a_stale_feed_says_so_and_keeps_its_tag() -> None:
    shelf = Shelf()
    put(shelf, make_season())
    before = feed(shelf)
    published = put(shelf, make_season(), LATER, stale_since=NOW)
    assert published.stale_since == NOW
    assert feed(shelf).plain.etag == before.plain.etag
    assert dict(feed(shelf).plain.found)[b"x-schedule-stale-since"] == b"2024-01-20T00:00:00Z"
    put(shelf, make_season(), LATER)
    assert feed(shelf) == before


def test_a_revision_without_sessions_does_not_empty_the_feed() -> None:
    shelf = Shelf()
    put(shelf, make_season())
    before = shelf.feed("season")
    with pytest.raises(ValueError, match="emptied"):
        put(shelf, (), LATER)
    assert shelf.feed("season") is before


def test_an_error_while_rendering_leaves_what_was_there() -> None:
    def refuse(version: Version, series: Series, style: Style) -> bytes:
        if version.session.title == "broken":
            raise RuntimeError("cannot render")
        return render_event(version, series, style)

    shelf = Shelf(refuse)
    put(shelf, make_season())
    before = shelf.feed("season")
    with pytest.raises(RuntimeError):
        put(shelf, edit(make_season(), 5, title="broken"), LATER)
    assert shelf.feed("season") is before


def test_an_edit_that_cannot_be_rendered_is_refused_before_anybody_asks() -> None:
    def refuse(version: Version, series: Series, style: Style) -> bytes:
        raise RuntimeError("cannot render")

    shelf, season = Shelf(refuse), make_season()
    put(shelf, season)
    with pytest.raises(RuntimeError):
        put(shelf, edit(season, 5, title="Another title"), LATER)
    published = shelf.published("season")
    assert published is not None
    assert published.versions is season


@pytest.mark.parametrize("place", [0, 20])
def test_it_makes_no_difference_when_somebody_first_asks(place: int) -> None:
    early, season = Shelf(), make_season()
    seasons = [season, edit(season, place, title="Another title"), edit(season, place, note="beamer")[1:]]
    for last in range(1, len(seasons) + 1):
        late = Shelf()
        for step, versions in enumerate(seasons[:last]):
            put(late, versions, NOW + step * timedelta(hours=2))
        put(early, seasons[last - 1], NOW + (last - 1) * timedelta(hours=2))
        assert feed(early) == feed(late)
        assert feed(early).plain == feed(late).plain


def test_what_nobody_asked_for_is_never_joined() -> None:
    shelf, season = Shelf(), make_season()
    put(shelf, season)
    put(shelf, edit(season, 3, title="Another title"), LATER)
    assert shelf.ready("season") is None
    shelf.prepare("season")
    assert shelf.ready("season") is shelf.feed("season")
    shelf.prepare("nothing")


def test_series_do_not_touch_each_other() -> None:
    shelf = Shelf()
    put(shelf, make_season())
    before = shelf.feed("season")
    shelf.put(make_series(slug="other"), make_revision(make_season(2)), now=NOW)
    assert shelf.slugs() == ("season", "other")
    assert shelf.feed("season") is before
    assert feed(shelf, "other").plain.body != feed(shelf).plain.body


def test_one_changed_session_costs_far_less_than_all() -> None:
    shelf, season = Shelf(), make_season(300)
    begin = process_time()
    put(shelf, season)
    shelf.prepare("season")
    all_of_them = process_time() - begin
    begin = process_time()
    put(shelf, edit(season, 100, title="Another title"), LATER)
    assert (process_time() - begin) * 5 < all_of_them


def test_what_was_kept_is_read_when_somebody_asks_and_not_before() -> None:
    shelf, season = Shelf(), make_revision(make_season())
    reading: list[str] = []

    class Noting(Kept):
        def read(self) -> Revision:
            reading.append("read")
            return season

    kept = Noting((), 0, "")
    shelf.put(make_series(), kept, now=NOW)
    shelf.put(make_series(), kept, now=LATER, stale_since=LATER)
    published = shelf.published("season")
    assert published is not None
    assert (published.series, published.stale_since, shelf.slugs()) == (make_series(), LATER, ("season",))
    assert shelf.ready("season") is None
    assert reading == []
    eager = Shelf()
    eager.put(make_series(), season, now=LATER, stale_since=LATER)
    assert feed(shelf) == feed(eager)
    assert reading


def test_what_was_put_meanwhile_wins_over_what_is_being_prepared() -> None:
    season, edited = make_season(), edit(make_season(), 3, title="Another title")
    shelf = Shelf()

    class Overtaken(Kept):
        def read(self) -> Revision:
            if not reading:
                reading.append("read")
                put(shelf, edited, LATER)
            return make_revision(season)

    reading: list[str] = []
    shelf.put(make_series(), Overtaken((), 0, ""), now=NOW)
    shelf.prepare("season")
    assert b"Another title" in feed(shelf).plain.body
