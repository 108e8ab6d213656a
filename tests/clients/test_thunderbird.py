"""Thunderbird subscribes to the feed of a running service."""

import os
from pathlib import Path

import pytest

from tests.clients.served import EDITED, serving
from tests.clients.thunderbird import THUNDERBIRD, subscribing


@pytest.fixture(autouse=True)
def _thunderbird_is_there() -> None:
    if THUNDERBIRD is None and not os.environ.get("CI"):
        pytest.skip("there is no thunderbird on this machine")


async def test_it_shows_the_season_asks_conditionally_and_follows_an_edit(tmp_path: Path) -> None:
    async with serving(tmp_path) as served, subscribing(served.url, tmp_path / "home") as thunderbird:
        await thunderbird.refresh()
        first = served.expected()
        assert await thunderbird.read(first) == first

        await served.edit(EDITED)
        await thunderbird.refresh()
        second = served.expected()
        assert await thunderbird.read(second) == second
        assert [event.uid for event in second] == [event.uid for event in first]
        assert first != second

        for _ in range(2):
            await thunderbird.refresh()
        unchanged = [asked for asked in served.asked if asked.status == 304]
        assert unchanged
        assert all("if-none-match" in asked.headers for asked in unchanged)
        assert all("Thunderbird/" in asked.headers["user-agent"] for asked in served.asked)
        assert {(asked.method, asked.path) for asked in served.asked} == {("GET", "/season.ics")}
        assert await thunderbird.read(second) == second


async def test_who_pastes_the_address_is_offered_one_calendar_to_read(tmp_path: Path) -> None:
    async with serving(tmp_path) as served, subscribing(served.url, tmp_path / "home") as thunderbird:
        assert await thunderbird.discover(served.url) == [["ics", "season", served.url]]
        assert ("PROPFIND", "/season.ics", 405) in {(asked.method, asked.path, asked.status) for asked in served.asked}
