"""The desk's door: who comes in, for how long, and that nobody else does anything there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from http.cookies import SimpleCookie

import httpx
import pytest
from starlette.routing import Route

from service.store import revisions
from service.store.desk import IDLE, LASTING, LINK_WORKS
from service.store.keys import Purpose
from service.web.desk import DeskPages
from service.web.desk_door import Door
from service.web.parts import Parts
from tests.web.conftest import Watch
from tests.web.desk_scene import EDIT, enter, fetch_link, fill_desk, find_fields
from tests.web.people import SLUG, join, link

ACCEPT = "/desk/accept?lang=en"
Visit = Callable[[Parts], httpx.AsyncClient]


async def is_accepted(parts: Parts) -> bool:
    return await parts.database.read(partial(revisions.is_accepted, slug=SLUG, digest=EDIT))


async def test_a_link_survives_every_look_at_it_and_opens_at_one_press(
    client: httpx.AsyncClient, parts: Parts, visit: Visit
) -> None:
    path = await fetch_link(parts)
    scanner = visit(parts)
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        assert (await scanner.request(method, path)).status_code in (200, 405)
        assert not scanner.cookies

    opened = await client.post(path)

    assert (opened.status_code, opened.headers["location"].partition("?")[0]) == (303, "/desk")
    assert (await client.get("/desk")).status_code == 200
    for method in ("GET", "POST"):
        again = await scanner.request(method, path)
        assert again.status_code == 404
        assert "studybell admin-link" in again.text
        assert not scanner.cookies


async def test_a_link_that_is_too_old_says_how_to_get_another(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    path = await fetch_link(parts)
    watch.turn(LINK_WORKS)

    for method in ("GET", "POST"):
        answer = await client.request(method, path)
        assert (answer.status_code, client.cookies) == (404, httpx.Cookies())
        assert "studybell admin-link" in answer.text


@pytest.mark.parametrize(
    ("base", "name", "is_secure"),
    [("http://127.0.0.1:8000", "desk", False), ("https://b.example.org", "__Host-desk", True)],
)
async def test_the_cookie_is_for_this_site_alone(
    parts: Parts, visit: Visit, base: str, name: str, is_secure: bool
) -> None:
    client = visit(replace(parts, base_url=base))

    answer = await client.post(await fetch_link(parts))
    cookie = SimpleCookie(answer.headers["set-cookie"])[name]

    assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "lax")
    assert (cookie["httponly"], bool(cookie["secure"])) == (True, is_secure)
    assert int(cookie["max-age"]) == LASTING.total_seconds()
    assert (await client.get("/desk")).status_code == 200


def list_routes(parts: Parts) -> list[tuple[str, str]]:
    """Every path of the desk but the links, with every method that it takes."""
    routes: list[Route] = [route for route in DeskPages(parts).routes() if "{" not in route.path]
    return [(method, route.path) for route in routes for method in sorted(route.methods or ())]


@pytest.mark.parametrize("key", ["", "desk=", "desk=1.x", "desk=" + "x" * 5000, "desk=%00", "__Host-desk=1.x"])
async def test_without_a_session_no_address_of_the_desk_shows_or_does_anything(
    client: httpx.AsyncClient, parts: Parts, key: str
) -> None:
    await fill_desk(parts)
    found = list_routes(parts)
    assert {path for _, path in found} == {"/desk", "/desk/accept", "/desk/retry", "/desk/close"}

    for method, path in found:
        fields = {"form": "x", "series": SLUG, "edit": EDIT, "delivery": "1"}
        answer = await client.request(method, path, data=fields, headers={"Cookie": key} if key else {})
        assert answer.status_code == 403, (method, path)
        assert "Season" not in answer.text
        assert "example.org" not in answer.text
    assert not await is_accepted(parts)


async def test_no_other_link_of_ours_is_a_key(client: httpx.AsyncClient, parts: Parts) -> None:
    person = await join(parts)
    for purpose in Purpose:
        token = link(parts, purpose, person).rpartition("/")[2]
        assert (await client.post(f"/desk/open/{token}")).status_code == 404
        assert (await client.get("/desk", headers={"Cookie": f"desk={token}"})).status_code == 403
    token = (await fetch_link(parts)).rpartition("/")[2]
    assert (await client.get("/desk", headers={"Cookie": f"desk={token}"})).status_code == 403
    for purpose in Purpose:
        assert (await client.post(f"/{purpose}/{token}")).status_code == 404


async def test_a_form_of_another_session_or_of_none_does_nothing(
    client: httpx.AsyncClient, parts: Parts, visit: Visit
) -> None:
    await fill_desk(parts)
    fields = find_fields((await enter(client, parts)).text, ACCEPT)
    stranger = visit(parts)
    foreign = find_fields((await enter(stranger, parts)).text, ACCEPT)["form"]

    for form in ("", "x", "é", foreign):
        assert (await client.post(ACCEPT, data=fields | {"form": form})).status_code == 403
    assert not await is_accepted(parts)
    assert (await client.post(ACCEPT, data=fields)).status_code == 303
    assert await is_accepted(parts)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:8000"},
    ],
)
async def test_what_another_sites_page_posts_is_refused(
    client: httpx.AsyncClient, parts: Parts, headers: dict[str, str]
) -> None:
    await fill_desk(parts)
    path = await fetch_link(parts)
    assert (await client.post(path, headers=headers)).status_code == 403
    fields = find_fields((await enter(client, parts)).text, ACCEPT)

    assert (await client.post(ACCEPT, data=fields, headers=headers)).status_code == 403
    assert not await is_accepted(parts)
    assert (await client.post(path)).status_code == 303  # the link was not used up either


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x"])
async def test_only_an_ordinary_form_is_read(client: httpx.AsyncClient, parts: Parts, kind: str) -> None:
    await enter(client, parts)

    assert (await client.post(ACCEPT, content=b"{}", headers={"Content-Type": kind})).status_code == 415


async def test_the_desk_that_was_closed_does_not_open_with_the_old_cookie(
    client: httpx.AsyncClient, parts: Parts, visit: Visit
) -> None:
    close = "/desk/close?lang=en"
    fields = find_fields((await enter(client, parts)).text, close)
    stolen = client.cookies["desk"]

    answer = await client.post(close, data=fields)

    assert (answer.status_code, "The desk is closed" in answer.text) == (200, True)
    assert "desk" not in client.cookies
    assert (await visit(parts).get("/desk", headers={"Cookie": f"desk={stolen}"})).status_code == 403


async def test_the_desk_closes_when_nobody_looks(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    await enter(client, parts)
    for _ in range(3):
        watch.turn(IDLE - timedelta(minutes=5))
        assert (await client.get("/desk")).status_code == 200

    watch.turn(IDLE)

    assert (await client.get("/desk")).status_code == 403


async def test_each_opening_is_another_session(parts: Parts, visit: Visit) -> None:
    one, other = visit(parts), visit(parts)
    other.cookies.set("desk", "1.chosen-by-somebody-else")
    for client in (one, other):
        await client.post(await fetch_link(parts))

    door = Door(parts)
    keys = {client.cookies.get(door.cookie, domain="127.0.0.1") for client in (one, other)}

    assert len(keys) == 2
    assert "1.chosen-by-somebody-else" not in keys


async def test_nothing_keeps_the_desk_and_nothing_foreign_runs_on_it(client: httpx.AsyncClient, parts: Parts) -> None:
    await fill_desk(parts)
    path = await fetch_link(parts)

    for answer in (
        await client.get(path),
        await enter(client, parts),
        await client.get(path.replace("open/", "open/x")),
    ):
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["referrer-policy"] == "same-origin"
        assert path.rpartition("/")[2] not in answer.text
