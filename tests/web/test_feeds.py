"""Feeds over HTTP, as calendar programs ask for them."""

import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from service.feed.style import Style
from service.schedule.series import Series
from service.schedule.version import Version
from service.web.feeds import Feeds
from service.web.shelf import Shelf
from tests.feed.season import make_revision, make_season, make_series

NOW = datetime(2024, 1, 20, tzinfo=UTC)
FEEDS = ["/season.ics", "/season/download.ics", "/season/week0003.ics"]


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put(make_series(), make_revision(make_season()), now=NOW)
    return shelf


@pytest.fixture
async def client(shelf: Shelf) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Feeds(shelf, PlainTextResponse("a page")))
    plain = {"accept-encoding": "identity", "user-agent": "test"}
    async with httpx.AsyncClient(transport=transport, base_url="http://bell.test", headers=plain) as client:
        yield client


@pytest.mark.parametrize("path", FEEDS)
async def test_a_feed_is_served(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_the_feed_is_inline_and_the_others_are_files(client: httpx.AsyncClient) -> None:
    dispositions = [(await client.get(path)).headers["content-disposition"].partition(";")[0] for path in FEEDS]
    assert dispositions == ["inline", "attachment", "attachment"]


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_head_answers_like_get_without_a_body(client: httpx.AsyncClient, path: str, coding: str) -> None:
    get = await client.get(path, headers={"accept-encoding": coding})
    head = await client.head(path, headers={"accept-encoding": coding})
    assert head.status_code == get.status_code
    assert head.headers == get.headers
    assert head.content == b""


async def test_gzip_is_served_where_it_is_wanted(client: httpx.AsyncClient, shelf: Shelf) -> None:
    plain = await client.get("/season.ics")
    packed = await client.get("/season.ics", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) < len(plain.content) / 4
    assert packed.content == plain.content
    found = shelf.feed("season")
    assert found is not None
    assert gzip.decompress(found.gzip.body) == plain.content


async def test_outlook_gets_no_gzip(client: httpx.AsyncClient) -> None:
    answer = await client.get("/season.ics", headers={"accept-encoding": "gzip", "user-agent": "Microsoft.Exchange/15"})
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_a_known_tag_gets_304_without_a_body(client: httpx.AsyncClient, method: str, coding: str) -> None:
    known = (await client.get("/season.ics", headers={"accept-encoding": coding})).headers
    asked = {"accept-encoding": coding, "if-none-match": f'"old", W/{known["etag"]}'}
    answer = await client.request(method, "/season.ics", headers=asked)
    assert (answer.status_code, answer.content) == (304, b"")
    assert {answer.headers[name] == known[name] for name in ("etag", "last-modified", "cache-control", "vary")} == {
        True
    }
    assert "content-length" not in answer.headers


async def test_a_tag_beats_a_date(client: httpx.AsyncClient) -> None:
    known = (await client.get("/season.ics")).headers
    date = {"if-modified-since": known["last-modified"]}
    assert (await client.get("/season.ics", headers=date)).status_code == 304
    assert (await client.get("/season.ics", headers={**date, "if-none-match": '"old"'})).status_code == 200


async def test_tags_in_several_header_lines_are_one_list(client: httpx.AsyncClient) -> None:
    etag = (await client.get("/season.ics")).headers["etag"]
    lines = [("if-none-match", '"old"'), ("if-none-match", etag)]
    assert (await client.get("/season.ics", headers=lines)).status_code == 304


@pytest.mark.parametrize("method", ["PROPFIND", "PUT", "POST", "DELETE", "REPORT", "MKCALENDAR"])
async def test_a_feed_cannot_be_written(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/season.ics", headers={"if-match": "nothing"}, content=b"BEGIN:VCALENDAR")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_a_page_elsewhere_may_ask_conditionally(client: httpx.AsyncClient) -> None:
    asked = {"origin": "https://elsewhere.example.org", "access-control-request-headers": "if-none-match"}
    preflight = await client.options("/season.ics", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in preflight.headers["access-control-allow-headers"]
    answer = await client.get("/season.ics", headers=asked)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/nothing.ics", "/season/nothing1.ics", "/nothing/week0001.ics", "/.ics", "/season/.ics"]
)
async def test_an_unknown_feed_is_not_found_and_told_what_is(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "/season.ics" in answer.text.splitlines()


async def test_a_head_for_an_unknown_feed_has_no_body(client: httpx.AsyncClient) -> None:
    answer = await client.head("/nothing.ics")
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize(
    "path", ["/", "/season", "/nothing.atom", "/nothing.json", "/me/token.ics", "/season/week0001", "/a/b/c.ics"]
)
async def test_everything_else_goes_on(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).text == "a page"


@pytest.mark.parametrize("path", FEEDS)
async def test_a_query_that_asks_for_nothing_changes_nothing(client: httpx.AsyncClient, path: str) -> None:
    plain, asked = await client.get(path), await client.get(f"{path}?utm_source=x&speaker=&cancelled=mark")
    assert plain.headers == asked.headers
    assert plain.content == asked.content


async def test_a_query_chooses_sessions_and_how_they_are_told(client: httpx.AsyncClient) -> None:
    everything = await client.get("/season.ics")
    some = await client.get("/season.ics?cancelled=omit&alarm=30m&lang=en")
    file = await client.get("/season/download.ics?lang=en&alarm=30m&cancelled=omit&x=y")
    assert (everything.text.count("BEGIN:VEVENT"), some.text.count("BEGIN:VEVENT")) == (21, 20)
    assert (everything.text.count("BEGIN:VALARM"), some.text.count("BEGIN:VALARM")) == (0, 20)
    assert "Speakers: " in some.text
    assert some.headers["etag"] != everything.headers["etag"]
    assert (file.content, file.headers["etag"]) == (some.content, some.headers["etag"])
    assert file.headers["content-disposition"].startswith("attachment")


async def test_a_chosen_feed_is_asked_for_conditionally_too(client: httpx.AsyncClient) -> None:
    known = (await client.get("/season.ics?speaker=%ED%95%98%EB%8A%98")).headers
    again = await client.get("/season.ics?speaker=%ED%95%98%EB%8A%98", headers={"if-none-match": known["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", known["etag"])


async def test_nobody_by_that_name_is_an_empty_calendar_and_no_mistake(client: httpx.AsyncClient) -> None:
    answer = await client.get("/season.ics?speaker=Nobody")
    assert answer.status_code == 200
    assert "BEGIN:VTIMEZONE" in answer.text
    assert "BEGIN:VEVENT" not in answer.text


@pytest.mark.parametrize("path", ["/season.ics", "/season/download.ics"])
@pytest.mark.parametrize("query", ["alarm=soon", "cancelled=no", "lang=tlh", "type=%ff", "speaker=" + "%EA" * 70])
async def test_a_query_that_cannot_be_followed_is_told_what_to_write(
    client: httpx.AsyncClient, path: str, query: str
) -> None:
    answer = await client.get(f"{path}?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert any(word in answer.text for word in ("write", "choose"))


async def test_an_address_that_google_would_not_read_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/season.ics", params={"speaker": "하늘" * 20})
    assert answer.status_code == 400
    assert "256 characters" in answer.text


@pytest.mark.parametrize(
    ("path", "kind"), [("/season.json", "application/json"), ("/season.atom", "application/atom+xml; charset=utf-8")]
)
async def test_other_programs_are_served_like_calendars(client: httpx.AsyncClient, path: str, kind: str) -> None:
    answer, head = await client.get(path), await client.head(path)
    again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert (head.headers, head.content) == (answer.headers, b"")
    assert (again.status_code, again.content) == (304, b"")
    assert "last-modified" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (await client.put(path)).status_code == 405


async def test_other_protocols_go_on() -> None:
    seen: list[str] = []

    async def otherwise(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def receive() -> dict[str, str]:
        return {}

    async def send(message: object) -> None:
        pass

    await Feeds(Shelf(), otherwise)({"type": "lifespan"}, receive, send)
    assert seen == ["lifespan"]


async def test_a_broken_refresh_leaves_the_last_good_feed(client: httpx.AsyncClient, shelf: Shelf) -> None:
    before = await client.get("/season.ics")
    with pytest.raises(ValueError, match="emptied"):
        shelf.put(make_series(), make_revision(()), now=NOW)
    shelf.put(make_series(), make_revision(make_season()), now=NOW, stale_since=NOW)
    after = await client.get("/season.ics")
    assert after.content == before.content
    assert after.headers["x-schedule-stale-since"] == "2024-01-20T00:00:00Z"


async def test_a_request_renders_nothing() -> None:
    rendered = 0

    def count(version: Version, series: Series, style: Style) -> bytes:
        nonlocal rendered
        rendered += 1
        return b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"

    shelf = Shelf(count)
    shelf.put(make_series(), make_revision(make_season()), now=NOW)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(Feeds(shelf, PlainTextResponse(""))), base_url="http://bell.test"
    ) as client:
        for path in FEEDS * 2:
            assert (await client.get(path)).status_code == 200
    assert rendered == 21
