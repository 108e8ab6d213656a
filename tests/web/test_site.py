"""The site as a whole: what every address has in common."""

import httpx
import pytest

from service.store.keys import Purpose
from service.store.participants import State
from service.web.parts import Parts
from service.web.site import RESERVED
from tests.web.people import SLUG, join, link, list_mail, list_people


async def test_reading_never_changes_anything(client: httpx.AsyncClient, parts: Parts) -> None:
    person = await join(parts, state=State.PENDING)
    paths = [link(parts, purpose, person) for purpose in Purpose]
    paths += ["/", f"/{SLUG}", f"/{SLUG}/participants", paths[1] + "/leave", paths[2].replace("unsubscribe", "undo")]
    before = await list_people(parts), await list_mail(parts)

    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = await client.request(method, path)
            assert answer.status_code < 500

    assert (await list_people(parts), await list_mail(parts)) == before


@pytest.mark.parametrize(
    "path", ["//a.example.org", "/\\a.example.org", "/reading-season4/", "/?next=//a.example.org", "/me/x?next=/y"]
)
async def test_nothing_leads_away(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"http://127.0.0.1:8000{path}")

    assert answer.status_code in (200, 404)
    assert "location" not in answer.headers


async def test_a_page_is_compressed_for_whom_it_helps(client: httpx.AsyncClient) -> None:
    squeezed = await client.get(f"/{SLUG}")
    plain = await client.get(f"/{SLUG}", headers={"Accept-Encoding": "identity"})

    assert squeezed.headers["content-encoding"] == "gzip"
    assert int(squeezed.headers["content-length"]) < len(plain.content) / 4
    assert "content-encoding" not in plain.headers


async def test_feeds_stand_in_front_of_the_pages(client: httpx.AsyncClient) -> None:
    feed = await client.get(f"/{SLUG}.ics")

    assert feed.headers["content-type"].startswith("text/calendar")
    assert feed.text.startswith("BEGIN:VCALENDAR")


async def test_no_series_can_take_the_place_of_a_page(client: httpx.AsyncClient) -> None:
    for first in ("confirm", "me", "unsubscribe", "undo", "static", "mailbox", "healthz", "robots.txt", "openapi"):
        assert first in RESERVED
