"""Plain answers: health, robots, static files."""

from urllib.parse import parse_qsl
from urllib.robotparser import RobotFileParser

import httpx

from service.feed.selection import Cancelled, Selection
from service.feed.style import Alarm
from service.feed.words import LANGUAGES
from service.web.parts import Health, Parts
from tests.web.conftest import Bell


async def test_health_is_told_with_its_figures(client: httpx.AsyncClient, bell: Bell) -> None:
    well = await client.get("/healthz")
    bell.health = Health(False, {"oldest_due_seconds": 900})
    ill = await client.get("/healthz")

    assert (well.status_code, well.json()) == (200, {"status": "ok", "oldest_due_seconds": 0})
    assert (ill.status_code, ill.json()) == (503, {"status": "trouble", "oldest_due_seconds": 900})


async def test_robots_may_read_feeds_and_nobody_s_own_pages(client: httpx.AsyncClient) -> None:
    rules = RobotFileParser()
    rules.parse((await client.get("/robots.txt")).text.splitlines())

    for path in ("/", "/reading-season4", "/reading-season4.ics", "/reading-season4/reading-1.ics"):
        assert rules.can_fetch("Google-Calendar-Importer", path)
    for path in ("/me/x", "/confirm/x", "/unsubscribe/x", "/mailbox", "/desk"):
        assert not rules.can_fetch("*", path)


async def test_a_static_file_is_kept_for_as_long_as_its_address_is_exact(
    client: httpx.AsyncClient, parts: Parts
) -> None:
    exact = await client.get(parts.assets.addresses["style.css"])
    bare = await client.get("/static/style.css")

    assert exact.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in exact.headers["cache-control"]
    assert bare.headers["cache-control"] == "public, max-age=3600"
    assert (await client.get("/static/none.css")).status_code == 404


async def test_programs_find_out_what_they_can_read(client: httpx.AsyncClient, parts: Parts) -> None:
    interface = (await client.get("/openapi.json")).json()

    assert interface["openapi"].startswith("3.1")
    assert interface["servers"] == [{"url": parts.base_url}]
    for path in interface["paths"]:
        found = await client.get(path.replace("{slug}", "reading-season4").replace("{session}", "reading-1"))
        [kind] = interface["paths"][path]["get"]["responses"]["200"]["content"]
        assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (200, kind)


async def test_the_described_shape_is_the_shape_that_is_given(client: httpx.AsyncClient) -> None:
    shapes = (await client.get("/openapi.json")).json()["components"]["schemas"]
    document = (await client.get("/reading-season4.json")).json()

    assert set(shapes["Series"]["properties"]) == set(shapes["Series"]["required"]) == set(document)
    for session in document["sessions"]:
        assert set(shapes["Session"]["properties"]) == set(shapes["Session"]["required"]) == set(session)
        assert session["status"] in shapes["Session"]["properties"]["status"]["enum"]


async def test_every_key_of_a_feed_s_query_is_described(client: httpx.AsyncClient) -> None:
    feed = (await client.get("/openapi.json")).json()["paths"]["/{slug}.ics"]["get"]
    keys = [one["name"] for one in feed["parameters"] if one.get("in") == "query"]
    language = next(one for one in feed["parameters"] if one.get("name") == "lang")

    asked = Selection(
        types=("a",), speakers=("b",), alarms=(Alarm.parse("1h"),), cancelled=Cancelled.OMIT, language="ko"
    )

    assert keys == [name for name, _ in parse_qsl(asked.query)]
    assert language["schema"]["enum"] == list(LANGUAGES)


async def test_robots_may_read_a_personal_feed_and_not_the_page_beside_it(client: httpx.AsyncClient) -> None:
    lines = (await client.get("/robots.txt")).text.splitlines()

    assert lines.index("Allow: /me/*.ics$") < lines.index("Disallow: /me/")
