"""The sample season, from its document to what calendar programs read."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from service.app.publishing import set_out_shelf
from service.app.store import open_store
from service.clock import FastClock
from service.feed.event import RENDERING
from service.resources import CONFIG
from service.schedule.cadence import Cadence
from service.settings.loading import load_settings
from service.web.shelf import Published
from tests.feed.reading import PYTHON_READERS, Reading, expect

FIRST_SEEN = datetime(2024, 1, 26, tzinfo=UTC)
SATURDAYS_OFF = {date(2024, 2, 10)}
"""The Saturdays between January and July 2024 that are public holidays in Korea: the new year by the moon."""


async def publish(folder: Path, now: datetime = FIRST_SEEN, **cadence: object) -> tuple[Published, bytes]:
    """The sample season as it is served, with a cadence of one's own."""
    settings = load_settings(CONFIG / "studybell.example.toml", {})
    (series,) = settings.series
    own: Cadence = replace(series.cadence, **cadence)  # type: ignore[arg-type]
    settings = replace(settings, data_dir=folder, series=(replace(series, cadence=own),))
    clock = FastClock(now, 0)
    with open_store(settings) as store:
        shelf, (refresher,) = set_out_shelf(settings, store, clock)
        await refresher.restore()
        await refresher.refresh()
    published, feed = shelf.published(series.slug), shelf.feed(series.slug)
    assert published
    assert feed
    return published, feed.plain.body


def days(published: Published) -> list[date]:
    return [version.session.when.starts.date() for version in published.versions if version.session.when]


async def test_there_are_21_sessions_from_january_to_june(tmp_path: Path) -> None:
    published, _ = await publish(tmp_path)

    found = days(published)
    assert len(found) == 21
    assert (found[0], found[-1]) == (date(2024, 1, 27), date(2024, 6, 15))
    assert all((later - earlier).days == 7 for earlier, later in pairwise(found))


async def test_public_holidays_are_skipped_and_the_rest_moves_on(tmp_path: Path) -> None:
    published, _ = await publish(tmp_path, holidays="KR")

    found = days(published)
    assert len(found) == 21
    assert not SATURDAYS_OFF & set(found)
    assert found[-1] == date(2024, 6, 22)


async def test_nobodys_address_is_shown_and_every_guest_keeps_the_name(tmp_path: Path) -> None:
    published, feed = await publish(tmp_path)

    speakers = {name for version in published.versions for name in version.session.speakers}
    assert {"o***@***", "특별 손님", "강재욱"} <= speakers
    assert b"@gmail" not in feed


@pytest.mark.parametrize("reader", PYTHON_READERS)
async def test_parsers_read_it_as_it_was_meant(reader: str, tmp_path: Path) -> None:
    published, feed = await publish(tmp_path)

    assert PYTHON_READERS[reader](feed) == expect(published.series, published.versions)


@pytest.mark.node
async def test_javascript_reads_it_as_it_was_meant(
    tmp_path: Path, read_with_node: Callable[[Sequence[bytes]], list[list[Reading]]]
) -> None:
    published, feed = await publish(tmp_path)

    readings = read_with_node([feed])

    assert readings
    assert all(reading == expect(published.series, published.versions) for reading in readings)


async def test_khal_reads_it_as_it_was_meant(tmp_path: Path, read_with_khal: Callable[[bytes], list[Reading]]) -> None:
    published, feed = await publish(tmp_path)

    assert read_with_khal(feed) == expect(published.series, published.versions)


async def test_another_way_to_render_makes_every_event_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = FIRST_SEEN + timedelta(days=1)
    _, first = await publish(tmp_path)
    _, unchanged = await publish(tmp_path, later)
    monkeypatch.setattr("service.app.publishing.RENDERING", RENDERING + 1)
    _, newer = await publish(tmp_path, later)

    assert unchanged == first
    assert b"LAST-MODIFIED:20240126T000000Z" in first
    assert newer == first.replace(b"20240126T000000Z", b"20240127T000000Z")
