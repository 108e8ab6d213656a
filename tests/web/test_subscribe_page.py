"""The page that helps to subscribe."""

import httpx

from service.web.feed_links import link_feed
from tests.web.people import SLUG
from tests.web.season import make_series


async def test_every_way_to_subscribe_is_there(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/{SLUG}/subscribe?lang=en")).text.replace("&amp;", "&")

    feed = link_feed(make_series())
    for address in (
        feed.address,
        feed.download,
        feed.apple,
        feed.google,
        feed.google_by_hand,
        feed.outlook,
        feed.office,
    ):
        assert address in page
    assert "Thunderbird" in page
    assert "every 30 minutes" in page


async def test_it_speaks_the_reader_s_language(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/{SLUG}/subscribe", headers={"Accept-Language": "ko"})).text

    assert "30분마다" in page


async def test_there_is_none_for_a_series_that_is_not_there(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nothing/subscribe")).status_code == 404
