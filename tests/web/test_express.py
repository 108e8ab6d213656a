"""The express way: quicker, and in everything else the same."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from service.web.express import Answer as Ready
from service.web.express import Fields, Prompt, Question
from service.web.feeds import Feeds
from service.web.guard import HostGuard
from service.web.server import answer
from service.web.shelf import Shelf
from service.web.site import Site
from tests.feed.season import make_revision, make_season, make_series

NOW = datetime(2024, 1, 20, tzinfo=UTC)
HOST = "Host: bell.example.org"
BASE = "https://bell.example.org"
Answer = tuple[int, dict[str, str], bytes]


class Told:
    """A question that tells when it is answered."""

    def __init__(self, question: Question, tell: Callable[[], None]) -> None:
        self.question, self.tell = question, tell

    def answer(self) -> Ready | None:
        found = self.question.answer()
        if found:
            self.tell()
        return found


class Watched:
    """A site that tells which answers lay ready, and how many requests it had to understand for that."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.ready: list[bytes] = []
        self.understood = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.site(scope, receive, send)

    def recognise(self, target: bytes, fields: Fields) -> Question | None:
        self.understood += 1
        found = self.site.recognise(target, fields)
        return Told(found, lambda: self.ready.append(target)) if found else None


class Visitor:
    """Somebody with one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def say(self, *lines: str, body: str = "") -> None:
        self.writer.write("\r\n".join((*lines, "", body)).encode())

    async def hear(self, *, body: bool = True) -> Answer:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        fields = dict(line.split(": ", 1) for line in head[1:] if line)
        length = int(fields.get("content-length", 0)) if body else 0
        return int(head[0].split()[1]), fields, await self.reader.readexactly(length)

    async def ask(self, *lines: str, body: str = "") -> Answer:
        self.say(*lines, body=body)
        return await self.hear(body=not lines[0].startswith("HEAD"))


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put(make_series(), make_revision(make_season()), now=NOW)
    shelf.prepare("season")
    return shelf


@pytest.fixture
def site(shelf: Shelf) -> Watched:
    feeds = Feeds(shelf, PlainTextResponse("a page"))
    return Watched(Site(HostGuard(feeds, BASE), feeds))


@pytest.fixture
async def visitor(site: Prompt) -> AsyncIterator[Visitor]:
    stop = asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(answer(site, listener, stop))
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        yield Visitor(reader, writer)
        writer.close()
        stop.set()
        await serving


@pytest.mark.parametrize("wish", ["Accept-Encoding: gzip", "Accept-Encoding: identity", "If-None-Match: *", "X: y"])
async def test_what_lies_ready_is_what_would_be_made(visitor: Visitor, site: Watched, wish: str) -> None:
    status, fields, body = await visitor.ask("GET /season.ics HTTP/1.1", HOST, wish)
    long_way = await visitor.ask("GET /season.ics? HTTP/1.1", HOST, wish)
    head = await visitor.ask("HEAD /season.ics HTTP/1.1", HOST, wish)

    assert site.ready == [b"/season.ics"]
    for other in (fields, long_way[1], head[1]):
        assert parsedate_to_datetime(other.pop("date")).tzinfo
    assert (status, fields, body) == long_way
    assert (status, fields) == head[:2]


async def test_answers_come_in_the_order_of_the_questions(visitor: Visitor, site: Watched) -> None:
    for target in ("/season.ics", "/page", "/season.ics", "/nothing.ics", "/season.ics"):
        visitor.say(f"GET {target} HTTP/1.1", HOST)

    answers = [await visitor.hear() for _ in range(5)]

    assert [status for status, _, _ in answers] == [200, 200, 200, 404, 200]
    assert answers[1][2] == b"a page"
    assert answers[0][2] == answers[2][2] == answers[4][2]
    assert site.ready[0] == b"/season.ics"


async def test_a_question_in_pieces_is_answered_once_it_is_whole(visitor: Visitor, site: Watched) -> None:
    for piece in ("GET /sea", "son.ics HTTP/1.1\r\nHo", "st: bell.example.org\r\n", "\r\n"):
        assert site.ready == []
        visitor.writer.write(piece.encode())
        await visitor.writer.drain()
        await asyncio.sleep(0.01)

    assert (await visitor.hear())[0] == 200
    assert site.ready == [b"/season.ics"]


@pytest.mark.parametrize(
    ("lines", "body", "status"),
    [
        (["POST /season.ics HTTP/1.1", HOST, "Content-Length: 4"], "body", 405),
        (["GET /season.ics HTTP/1.1", HOST, "Content-Length: 4"], "body", 200),
        (["GET /season.ics HTTP/1.1", HOST, "Transfer-Encoding: chunked"], "4\r\nbody\r\n0\r\n\r\n", 200),
        (["GET /season.ics HTTP/1.1", HOST, HOST], "", 421),
        (["GET /season.ics HTTP/1.1", "Host: elsewhere.example.org"], "", 421),
        (["GET /season.ics HTTP/1.1"], "", 421),
        (["GET /season.ics HTTP/1.1", HOST, 'If-None-Match: "a"', 'If-None-Match: "b"'], "", 200),
        (["GET /season/week0001.ics HTTP/1.1", HOST], "", 200),
        (["GET /season.ics?lang=en HTTP/1.1", HOST], "", 200),
        (["GET /%73eason.ics HTTP/1.1", HOST], "", 200),
    ],
)  # fmt: skip
async def test_everything_else_goes_the_usual_way_on_the_same_connection(
    visitor: Visitor, site: Watched, lines: list[str], body: str, status: int
) -> None:
    first = await visitor.ask("GET /season.ics HTTP/1.1", HOST)
    assert (await visitor.ask(*lines, body=body))[0] == status
    assert site.ready == [b"/season.ics"]
    last = await visitor.ask("GET /season.ics HTTP/1.1", HOST)
    assert (first[0], first[2]) == (last[0], last[2])
    assert len(site.ready) == 2


@pytest.mark.parametrize(
    "lines", [["GET /season.ics HTTP/1.0", HOST], ["GET /season.ics HTTP/1.1", HOST, "Connection: close"]]
)
async def test_who_wants_the_connection_closed_gets_it_closed(visitor: Visitor, lines: list[str]) -> None:
    assert (await visitor.ask(*lines))[0] == 200
    assert await visitor.reader.read() == b""


async def test_a_series_that_nobody_asked_for_goes_express_from_the_second_time_on(
    visitor: Visitor, site: Watched, shelf: Shelf
) -> None:
    shelf.put(make_series(slug="other"), make_revision(make_season()), now=NOW)

    first, second = [await visitor.ask("GET /other.ics HTTP/1.1", HOST) for _ in range(2)]

    assert site.ready == [b"/other.ics"]
    assert first[2] == second[2]
    assert first[1]["etag"] == second[1]["etag"]


async def test_the_same_request_need_not_be_understood_again(visitor: Visitor, site: Watched) -> None:
    answers = [await visitor.ask("GET /season.ics HTTP/1.1", HOST) for _ in range(3)]

    assert site.understood == 1
    assert site.ready == [b"/season.ics"] * 3
    assert {(status, body) for status, _, body in answers} == {(200, answers[0][2])}


async def test_an_edit_shows_at_once(visitor: Visitor, shelf: Shelf) -> None:
    before = await visitor.ask("GET /season.ics HTTP/1.1", HOST)
    shelf.put(replace(make_series(), title="Another"), make_revision(make_season()), now=NOW)

    after = await visitor.ask("GET /season.ics HTTP/1.1", HOST, f"If-None-Match: {before[1]['etag']}")

    assert after[0] == 200
    assert b"Another" in after[2]
