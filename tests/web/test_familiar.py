"""Familiar requests: looked up instead of read, and answered as if they had been."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from service.web import familiar
from service.web.bounds import BoundedProtocol
from service.web.express import Question
from service.web.familiar import Familiar, FamiliarProtocol
from service.web.feeds import Feeds
from service.web.guard import HostGuard
from service.web.shelf import Shelf
from service.web.site import Site
from tests.feed.season import make_revision, make_season, make_series

NOW = datetime(2024, 1, 20, tzinfo=UTC)
HEAD = b"GET /season.ics HTTP/1.1\r\nHost: bell.example.org\r\n"
FEED = HEAD + b"If-None-Match: *\r\n\r\n"
OTHER = HEAD + b"Accept-Encoding: gzip\r\nIf-None-Match: *\r\n\r\n"
PAGE = b"GET /page HTTP/1.1\r\nHost: bell.example.org\r\n\r\n"
LAST = HEAD + b"Connection: close\r\nIf-None-Match: *\r\n\r\n"
POST = b"POST /page HTTP/1.1\r\nHost: bell.example.org\r\nContent-Length: %d\r\n\r\n" % len(FEED)
PIECES = (FEED, OTHER, PAGE, POST, LAST, FEED + FEED, FEED + PAGE, FEED[:20], FEED[20:], b"\r\n", b"\r", b"\n", b"x")


class Line:
    """The far end of a connection: keeps what is said to it."""

    def __init__(self) -> None:
        self.heard = b""
        self.closed = asyncio.Event()

    @property
    def is_closed(self) -> bool:
        return self.closed.is_set()

    def write(self, data: bytes) -> None:
        self.heard += b"" if self.is_closed else data

    def close(self) -> None:
        self.closed.set()

    def is_closing(self) -> bool:
        return self.is_closed

    def get_extra_info(self, name: str) -> None:
        return None

    def pause_reading(self) -> None:
        """There is nothing on its way."""

    resume_reading = pause_reading


async def show_page(scope: Scope, receive: Receive, send: Send) -> None:
    """Read what was sent, and answer."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"page"})


def make_site() -> Site:
    shelf = Shelf()
    shelf.put(make_series(), make_revision(make_season()), now=NOW)
    shelf.prepare("season")
    feeds = Feeds(shelf, show_page)
    return Site(HostGuard(feeds, "https://bell.example.org"), feeds)


SITE = make_site()


def connect(known: Familiar | None) -> tuple[BoundedProtocol, Line]:
    """A connection, with what is familiar or without."""
    config = uvicorn.Config(SITE, interface="asgi3", log_config=None, ws="none", proxy_headers=False)
    state = ServerState()
    state.default_headers = [(b"date", b"Sat, 20 Jan 2024 00:00:00 GMT")]
    line = Line()
    args = {"config": config, "server_state": state, "app_state": {}}
    protocol = BoundedProtocol(**args) if known is None else FamiliarProtocol(known, **args)
    protocol.connection_made(cast(asyncio.Transport, line))
    return protocol, line


async def converse(pieces: Sequence[bytes], known: Familiar | None) -> tuple[bytes, bool]:
    """What is answered to these pieces, one after the other, and whether the connection is ended."""
    protocol, line = connect(known)
    for piece in pieces:
        if not line.is_closed:
            protocol.data_received(piece)
        for _ in range(8):
            await asyncio.sleep(0)
    heard, is_closed = line.heard, line.is_closed
    protocol.connection_lost(None)
    return heard, is_closed


async def learn(*requests: bytes) -> Familiar:
    known = Familiar()
    for request in requests:
        await converse([request], known)
    return known


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=8), hurried=st.booleans())
@settings(deadline=None)
def test_a_connection_with_familiar_requests_says_what_one_without_says(pieces: list[bytes], hurried: bool) -> None:
    pieces = [b"".join(pieces)] if hurried else pieces

    async def compare() -> None:
        known = await learn(FEED, OTHER)
        assert known.recall(FEED)
        assert await converse(pieces, known) == await converse(pieces, None)

    asyncio.run(compare())


@pytest.mark.parametrize("request_", [PAGE, LAST, FEED + FEED, FEED + PAGE, FEED + b"G", FEED[:-2], POST + FEED])
async def test_only_one_whole_request_that_was_answered_the_express_way_becomes_familiar(request_: bytes) -> None:
    assert (await learn(request_)).recall(request_) is None


async def test_a_body_that_looks_like_a_familiar_request_stays_a_body() -> None:
    known = await learn(FEED)
    heard, _ = await converse([POST, FEED, FEED], known)
    assert heard.count(b"HTTP/1.1 ") == 2
    assert heard.index(b"200 OK") < heard.index(b"304 Not Modified")


async def test_long_requests_are_not_kept_and_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(familiar, "_MOST_KEPT", 2)
    requests = [HEAD + b"X: %d\r\n\r\n" % number for number in range(3)]
    long = HEAD + b"X: %b\r\n\r\n" % (b"a" * 1024)

    known = await learn(*requests, long)

    assert [bool(known.recall(request)) for request in (*requests, long)] == [False, True, True, False]


async def test_a_connection_stays_open_after_its_last_familiar_request_as_after_any_other() -> None:
    known = await learn(FEED)
    protocol, line = connect(known)
    protocol.timeout_keep_alive = cast(int, 0.2)
    loop = asyncio.get_running_loop()
    for _ in range(4):
        protocol.data_received(FEED)
        await asyncio.sleep(0.1)
        assert not line.is_closed
    quiet_since = loop.time() - 0.1
    async with asyncio.timeout(5):
        await line.closed.wait()

    assert loop.time() - quiet_since > 0.15
    assert line.heard.count(b"304 Not Modified") == 4


async def test_the_date_is_that_of_the_answer() -> None:
    known: Familiar = await learn(FEED)
    protocol, line = connect(known)
    protocol.data_received(FEED)
    protocol.server_state.default_headers = [(b"date", b"Sun, 21 Jan 2024 00:00:00 GMT")]
    protocol.data_received(FEED)
    protocol.connection_lost(None)

    assert line.heard.count(b"date: Sat, 20 Jan") == line.heard.count(b"date: Sun, 21 Jan") == 1


def test_a_question_that_has_no_ready_answer_any_more_goes_the_usual_way() -> None:
    class Silent:
        def answer(self) -> None:
            return None

    async def ask() -> tuple[bytes, bool]:
        known = Familiar()
        known.remember(FEED, cast(Question, Silent()))
        return await converse([FEED], known)

    assert asyncio.run(ask())[0].startswith(b"HTTP/1.1 304")
