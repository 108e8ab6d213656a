"""Plain answers: health, robots, static files."""

from urllib.robotparser import RobotFileParser

import httpx

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
