"""Guards: whose requests are answered, and with which headers."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from service.web.parts import Parts

OPEN = Callable[[Parts], httpx.AsyncClient]
PUBLIC = "https://bell.example.org"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "localhost"])
async def test_a_site_at_home_answers_to_every_name_of_home(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example.org", "bell.example.org.evil.example", "bell.example.org:81", "x@bell.example.org", "", "127.0.0.1",
     "bell.example.org/evil", "bell.example.org\\evil", "[::1", "bell.example.org:port", "localhost"],
)  # fmt: skip
async def test_a_public_site_answers_to_its_own_name_only(parts: Parts, visit: OPEN, host: str) -> None:
    client = visit(replace(parts, base_url=PUBLIC))

    answers = [await client.get(path, headers={"Host": host}) for path in ("/", "/reading-season4.ics")]

    assert [answer.status_code for answer in answers] == [421, 421]
    assert all(host not in answer.text for answer in answers if host)


@pytest.mark.parametrize("host", ["bell.example.org", "BELL.example.org", "bell.example.org:443"])
async def test_its_own_name_may_be_spelled_in_any_way(parts: Parts, visit: OPEN, host: str) -> None:
    client = visit(replace(parts, base_url=PUBLIC))

    assert (await client.get("/", headers={"Host": host})).status_code == 200


async def test_health_is_told_to_whoever_keeps_the_machine(parts: Parts, visit: OPEN) -> None:
    client = visit(replace(parts, base_url=PUBLIC))

    assert (await client.get("/healthz", headers={"Host": "10.1.2.3:8000"})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.org"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
    ],
)
@pytest.mark.parametrize("path", ["/reading-season4/participants", "/confirm/x", "/me/x", "/me/x/leave", "/undo/x"])
async def test_what_another_site_posts_is_refused(
    client: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    assert (await client.post(path, headers=headers)).status_code == 403


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://127.0.0.1:8000"}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}]
)
async def test_our_own_pages_and_programs_may_post(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.post("/confirm/x", headers=headers)).status_code == 404


@pytest.mark.parametrize("path", ["/", "/reading-season4", "/confirm/x", "/mailbox", "/healthz", "/nothing/at/all"])
async def test_every_answer_forbids_what_it_does_not_need(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/confirm/x", "/me/x", "/unsubscribe/x", "/mailbox"])
async def test_private_pages_are_neither_kept_nor_found(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers

    assert headers["cache-control"] == "private, no-store"
    assert headers["x-robots-tag"] == "noindex"


async def test_the_schedule_may_be_found(client: httpx.AsyncClient) -> None:
    assert "x-robots-tag" not in (await client.get("/reading-season4")).headers


async def test_a_site_by_https_stays_so(parts: Parts, visit: OPEN) -> None:
    answer = await visit(replace(parts, base_url=PUBLIC)).get("/")

    assert answer.headers["strict-transport-security"] == "max-age=31536000"
