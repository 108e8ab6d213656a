"""Bounds: how long a head may be, and how long a request may take, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from starlette.types import Receive, Scope, Send

from service.web import bounds
from service.web.express import Fields
from service.web.server import answer, listen


class Echo:
    """Answers at once with how long the path is; `/wait` only when it is `free`."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.asked = 0

    def recognise(self, target: bytes, fields: Fields) -> None:
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        if scope["path"] == "/wait":
            await self.free.wait()
        body = str(len(scope["path"])).encode()
        fields = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving(app: Echo) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to the application, served as the service is."""
    listener, stop = listen("127.0.0.1", 0), asyncio.Event()
    port = listener.getsockname()[1]
    running = asyncio.create_task(answer(app, listener, stop))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        stop.set()
        await asyncio.wait_for(running, 10)


def get(path: str, *fields: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *fields, "", ""]).encode()


async def read_to_end(reader: asyncio.StreamReader) -> bytes:
    return await asyncio.wait_for(reader.read(), 5)


async def test_a_head_of_nearly_sixteen_kibibytes_is_read() -> None:
    async with serving(Echo()) as (reader, writer):
        writer.write(get("/" + "a" * 15_000, "Connection: close"))
        said = await read_to_end(reader)

    assert said.startswith(b"HTTP/1.1 200")
    assert said.endswith(b"15001")


@pytest.mark.parametrize(
    "fields",
    [[f"X: {'a' * 17_000}"], [f"X-{n}: {'a' * 20}" for n in range(900)]],
    ids=["one long field", "many fields"],
)
async def test_a_longer_head_is_refused(fields: list[str]) -> None:
    app = Echo()
    async with serving(app) as (reader, writer):
        writer.write(get("/", *fields))
        said = await read_to_end(reader)

    assert said.startswith(b"HTTP/1.1 400")
    assert app.asked == 0


async def test_a_head_without_end_is_refused_as_soon_as_it_is_too_long() -> None:
    async with serving(Echo()) as (reader, writer):
        for piece in (b"GET / HTTP/1.1\r\nX: ", b"a" * 16_000, b"a" * 1000):
            writer.write(piece)
            await asyncio.sleep(0.02)
        said = await read_to_end(reader)

    assert said.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "begun",
    [b"G", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n", b"\r\n"],
    ids=["a letter", "half a line", "half a head", "an empty line"],
)
@pytest.mark.parametrize("is_first", [True, False], ids=["as the first", "as the second"])
async def test_who_does_not_finish_a_request_is_cut_off(
    begun: bytes, is_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "_PATIENCE_SECONDS", 0.1)
    async with serving(Echo()) as (reader, writer):
        if not is_first:
            writer.write(get("/"))
            await reader.readuntil(b"\r\n\r\n1")
        writer.write(begun)
        assert await read_to_end(reader) == b""


async def test_who_says_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_PATIENCE_SECONDS", 0.1)
    async with serving(Echo()) as (reader, _):
        assert await read_to_end(reader) == b""


async def test_a_body_that_nobody_wanted_may_drip_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_PATIENCE_SECONDS", 0.1)
    async with serving(Echo()) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n1")
        writer.write(b"a" * 20_000)

        assert await read_to_end(reader) == b""


async def test_an_answer_may_take_longer_than_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_PATIENCE_SECONDS", 0.05)
    app = Echo()
    async with serving(app) as (reader, writer):
        writer.write(get("/wait", "Connection: close"))
        await asyncio.sleep(0.15)
        app.free.set()
        said = await read_to_end(reader)

    assert said.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("more", [b"nonsense\r\n\r\n", get("/") + b"nonsense\r\n\r\n"], ids=["next", "next but one"])
async def test_nonsense_behind_a_request_in_work_leaves_no_complaint(
    more: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    app = Echo()
    async with serving(app) as (reader, writer):
        writer.write(get("/wait") + more)
        said = await read_to_end(reader)
        app.free.set()

    assert said.startswith(b"HTTP/1.1 400")
    assert caplog.records == []
