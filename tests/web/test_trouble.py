"""Trouble: pages that help."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.store.database import DatabaseTrouble
from service.web.parts import Parts
from service.web.site import build_site


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nothing", 404, "Perhaps the address was copied only in part"),
        ("GET", "/a/b/c/d", 404, "Perhaps the address was copied only in part"),
        ("GET", "/me/x", 404, "This link does not work"),
        ("DELETE", "/reading-season4", 405, "nothing can be sent to it"),
        ("POST", "/reading-season4/participants", 415, "reload the page"),
    ],
)
async def test_a_page_says_what_to_do(
    client: httpx.AsyncClient, method: str, path: str, status: int, words: str
) -> None:
    answer = await client.request(method, f"{path}?lang=en")

    assert answer.status_code == status
    assert words in answer.text
    assert 'href="/"' in answer.text


async def test_trouble_is_told_in_the_reader_s_language(client: httpx.AsyncClient) -> None:
    assert "페이지를 찾을 수 없습니다" in (await client.get("/nothing", headers={"Accept-Language": "ko"})).text


async def test_a_database_that_is_away_is_asked_for_later(
    parts: Parts, visit: Callable[[Parts], httpx.AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(work: object) -> None:
        raise DatabaseTrouble("the disk is full at /secret/place")

    monkeypatch.setattr(parts.database, "read", refuse)
    answer = await visit(parts).get("/me/x?lang=en")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "Nothing was changed" in answer.text
    assert "secret" not in answer.text


async def test_a_mistake_of_ours_shows_no_inside(parts: Parts) -> None:
    async def stumble(request: Request) -> Response:
        raise RuntimeError("inside")

    site = build_site(replace(parts, mailbox=None), routes=(Route("/stumble", stumble),))
    transport = httpx.ASGITransport(app=site, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=parts.base_url) as client:
        answer = await client.get("/stumble?lang=en")

    assert answer.status_code == 500
    assert "That is our mistake" in answer.text
    assert "inside" not in answer.text
