"""From an address to a final answer: redirections, conditions, and everything that must not go on for ever."""

import asyncio
import time
import tracemalloc
from collections.abc import AsyncIterator

import pytest

from service.sources.fetching import Mark, fetch
from service.sources.location import read_location
from service.sources.unusable import Unusable
from tests.sources.scripted import Names, Question, build_answer, reach_loopback, serve

SEASON = b"| Week | Topic |\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def send_on(where: str, status: str = "302 Found") -> bytes:
    return build_answer(status=status, Location=where, Set_Cookie="session=1; Path=/")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
async def test_a_redirection_is_followed(status: str) -> None:
    async with serve(lambda q: build_answer(SEASON) if q.target == "/b.md" else send_on("b.md", status)) as site:
        answer = await fetch(read_location(site.url("/a.md")), None, reach_loopback())
    assert answer.content == SEASON
    assert answer.location.url == site.url("/b.md")


async def test_three_redirections_are_followed_and_no_fourth() -> None:
    def count_down(question: Question) -> bytes:
        left = int(question.target[1:])
        return send_on(f"/{left - 1}") if left else build_answer(SEASON)

    async with serve(count_down) as site:
        assert (await fetch(read_location(site.url("/3")), None, reach_loopback())).content == SEASON
        with pytest.raises(Unusable, match="more than 3 times"):
            await fetch(read_location(site.url("/4")), None, reach_loopback())
    assert len(site.questions) == 4 + 4


@pytest.mark.parametrize("said", [build_answer(status="302 Found"), b"HTTP/1.1 302 Found\r\nLocation: /\xff\r\n\r\n"])
async def test_a_redirection_to_nowhere_is_refused(said: bytes) -> None:
    async with serve(lambda _question: said) as site:
        with pytest.raises(Unusable, match="without saying where"):
            await fetch(read_location(site.url()), None, reach_loopback())


async def test_a_redirection_may_be_written_in_any_script() -> None:
    async with serve(lambda q: build_answer(SEASON) if q.target.startswith("/%") else send_on("/일정.md")) as site:
        answer = await fetch(read_location(site.url("/a.md")), None, reach_loopback())
    assert answer.location.target == "/%EC%9D%BC%EC%A0%95.md"


async def test_each_redirection_is_resolved_and_looked_at_anew() -> None:
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    async with serve(lambda _question: send_on("/again")) as site:
        reach = reach_loopback("127.0.0.2/32", resolve=names)
        with pytest.raises(Unusable, match=r"leads to 127\.0\.0\.1"):
            await fetch(read_location(site.url(host="season.example")), None, reach)
    assert len(site.questions) == 1


async def test_no_question_says_who_asks() -> None:
    async with serve(lambda q: build_answer(SEASON) if q.target == "/b" else send_on("/b")) as site:
        await fetch(read_location(site.url("/a")), None, reach_loopback())
    assert [set(question.fields) for question in site.questions] == [
        {"host", "user-agent", "accept", "accept-encoding", "connection"}
    ] * 2
    assert site.questions[0].fields["accept-encoding"] == "identity"


async def test_a_mark_is_shown_only_to_the_place_that_gave_it() -> None:
    async with serve(lambda q: build_answer(SEASON) if q.target == "/b" else send_on("/b")) as site:
        mark = Mark(read_location(site.url("/b")), '"v1"', "Wed, 14 Feb 2024 12:00:00 GMT")
        await fetch(read_location(site.url("/a")), mark, reach_loopback())
    asked = [
        (question.fields.get("if-none-match"), question.fields.get("if-modified-since")) for question in site.questions
    ]
    assert asked == [(None, None), ('"v1"', "Wed, 14 Feb 2024 12:00:00 GMT")]


def test_a_server_without_marks_is_asked_without_conditions() -> None:
    assert Mark(read_location("http://a/"), "", "").as_conditions() == {}


async def drip(_question: Question) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    while True:
        yield b"x"
        await asyncio.sleep(0.05)


async def drip_head(_question: Question) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-Slow: "
    while True:
        yield b"x"
        await asyncio.sleep(0.05)


async def say_nothing(_question: Question) -> AsyncIterator[bytes]:
    await asyncio.sleep(30)
    yield b""


async def promise_for_ever(_question: Question) -> AsyncIterator[bytes]:
    while True:
        yield b"HTTP/1.1 102 Processing\r\n\r\n"
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("script", [drip, drip_head, say_nothing, promise_for_ever])
async def test_a_slow_answer_is_given_up_in_time(script: object) -> None:
    async with serve(script) as site:  # type: ignore[arg-type]
        began = time.monotonic()
        with pytest.raises(Unusable, match=r"within 0\.3 seconds"):
            await fetch(read_location(site.url()), None, reach_loopback(seconds=0.3))
    assert time.monotonic() - began < 2


async def test_a_name_that_is_never_resolved_is_given_up_in_time() -> None:
    async def never(_host: str, _port: int) -> list[str]:
        await asyncio.sleep(30)
        return []

    with pytest.raises(Unusable, match="within"):
        await fetch(read_location("http://a.example/"), None, reach_loopback(seconds=0.2, resolve=never))


async def send_for_ever(_question: Question) -> AsyncIterator[bytes]:
    yield CHUNKED
    while True:
        yield b"10000\r\n" + b"x" * 65536 + b"\r\n"


async def send_crumbs(_question: Question) -> AsyncIterator[bytes]:
    yield CHUNKED
    while True:
        yield b"1;" + b"e" * 60 + b"\r\nx\r\n"


async def head_for_ever(_question: Question) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(1_000_000):
        yield b"X-%d: %s\r\n" % (number, b"y" * 50)


async def one_long_field(_question: Question) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-Long: "
    while True:
        yield b"x" * 65536


async def announce_much(_question: Question) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n"
    while True:
        yield b"x" * 65536


async def send_bomb(_question: Question) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"10000\r\n\x1f\x8b" + b"\x00" * 65534 + b"\r\n"


@pytest.mark.parametrize(
    "script", [send_for_ever, send_crumbs, head_for_ever, one_long_field, announce_much, send_bomb]
)
async def test_a_bomb_costs_little_time_and_memory(script: object) -> None:
    async with serve(script) as site:  # type: ignore[arg-type]
        tracemalloc.start()
        try:
            with pytest.raises(Unusable):
                await fetch(read_location(site.url()), None, reach_loopback(seconds=1))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 20 * 1024 * 1024
    assert site.sent < 20 * 1024 * 1024


async def test_a_document_of_a_mebibyte_is_taken() -> None:
    async with serve(lambda _question: build_answer(b"x" * 1024 * 1024)) as site:
        assert len((await fetch(read_location(site.url()), None, reach_loopback())).content) == 1024 * 1024
