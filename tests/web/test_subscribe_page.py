"""The page that helps to subscribe."""

from html import unescape
from urllib.parse import quote

import httpx
import pytest

from service.feed.selection import read_selection
from service.web.feed_links import link_feed
from service.web.parts import Parts
from service.web.shelf import Shelf
from tests.web.conftest import Watch
from tests.web.people import SLUG
from tests.web.season import make_series

PAGE = f"/{SLUG}/subscribe"
LONG = quote("하늘" * 20)


async def test_every_way_to_subscribe_is_there(client: httpx.AsyncClient) -> None:
    page = unescape((await client.get(f"{PAGE}?lang=en")).text)

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
    for program in ("Thunderbird", "Android", "Outlook for Windows", "Yahoo"):
        assert program in page
    assert "every 30 minutes" in page


async def test_it_speaks_the_reader_s_language(client: httpx.AsyncClient) -> None:
    page = (await client.get(PAGE, headers={"Accept-Language": "ko"})).text

    assert "30분마다" in page


async def test_there_is_none_for_a_series_that_is_not_there(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nothing/subscribe")).status_code == 404


async def test_it_leads_to_the_feed_of_what_was_chosen(client: httpx.AsyncClient) -> None:
    query = "type=CoT&speaker=%EC%A0%95%EB%88%84%EB%A6%AC&alarm=30m&cancelled=omit"
    page = unescape((await client.get(f"{PAGE}?lang=en&{query}")).text)

    feed = link_feed(make_series(), read_selection(query))
    assert feed.address == f"http://127.0.0.1:8000/{SLUG}.ics?{query}"
    for address in (feed.address, feed.download, feed.apple, feed.google, feed.outlook):
        assert address in page
    assert "This calendar has what you chose below." in page
    assert page.count(" selected>") == 3
    assert page.count(" checked>") == 1
    assert (await client.get(feed.address)).text.count("BEGIN:VALARM") == 2


async def test_the_language_of_the_page_is_not_asked_of_the_feed(client: httpx.AsyncClient) -> None:
    page = unescape((await client.get(f"{PAGE}?lang=en&alarm=1h")).text)

    assert f"{SLUG}.ics?alarm=1h<" in page
    assert 'href="?alarm=1h&lang=ko"' in page


async def test_a_choice_that_nothing_matches_says_so(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"{PAGE}?lang=en&speaker=Nobody")).text

    assert "No session matches your choice at present" in page
    assert "Only the next session" not in page


@pytest.mark.parametrize("query", ["alarm=soon", "cancelled=no", f"speaker={LONG}"])
async def test_what_cannot_be_chosen_is_told_and_all_is_offered(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"{PAGE}?lang=en&{query}")

    assert answer.status_code == 400
    assert "This choice cannot be followed" in answer.text
    assert f">http://127.0.0.1:8000/{SLUG}.ics<" in answer.text


async def test_every_type_and_speaker_can_be_chosen(client: httpx.AsyncClient, shelf: Shelf) -> None:
    page = unescape((await client.get(f"{PAGE}?lang=en")).text)

    published = shelf.published(SLUG)
    assert published is not None
    for version in published.versions:
        for name in (version.session.type, *version.session.speakers):
            assert page.count(f'<option value="{name}"') == 1


async def test_the_next_session_can_be_taken_alone(client: httpx.AsyncClient) -> None:
    page = unescape((await client.get(f"{PAGE}?lang=en")).text)

    file = f"http://127.0.0.1:8000/{SLUG}/reading-4.ics"
    assert f'href="{file}"' in page
    assert "dates=20240217T120000Z%2F20240217T140000Z" in page
    assert (await client.get(file)).text.count("BEGIN:VEVENT") == 1


async def test_a_phone_can_read_the_page_s_address(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"{PAGE}?lang=en")).text

    assert 'role="img" aria-label="QR code of this page"><svg' in page


async def test_after_the_season_there_is_no_next_session(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    watch.time = watch.time.replace(year=2025)

    assert "Only the next session" not in (await client.get(f"{PAGE}?lang=en")).text


async def test_each_speaker_on_the_schedule_leads_here(client: httpx.AsyncClient) -> None:
    schedule = (await client.get(f"/{SLUG}?lang=en")).text
    link = f"{PAGE}?speaker={quote('윤솔')}"

    assert f'href="{link}"' in schedule
    assert f"speaker={quote('윤솔')}<" in (await client.get(link)).text
