"""A document on the web: when it is asked for, what comes of it, and what is said when nothing does."""

from collections.abc import Callable

import pytest

from service.sources.reading import SourceTrouble
from service.sources.url import UrlSource
from tests.sources.conftest import HandClock
from tests.sources.scripted import Names, Question, ScriptedSite, build_answer, reach_loopback, serve

SEASON = b"| Week | Topic |\n"
MINUTE = 60.0


def make_source(site: ScriptedSite, clock: HandClock, path: str = "/season.md") -> UrlSource:
    return UrlSource(site.url(path), reach=reach_loopback(), clock=clock, chance=lambda: 1.0)


def say(*answers: bytes) -> Callable[[Question], bytes]:
    """A script that gives one answer after the other, and the last one for ever."""
    left = list(answers)
    return lambda _question: left.pop(0) if len(left) > 1 else left[0]


async def test_the_first_reading_is_made_at_once_and_the_next_after_minutes(clock: HandClock) -> None:
    async with serve(say(build_answer(SEASON), build_answer(b"new"))) as site:
        source = make_source(site, clock)
        first = await source.read()
        assert first is not None
        assert first.text == SEASON.decode()
        for _ in range(20):
            clock.seconds += 2
            assert await source.read() is None
        assert len(site.questions) == 1
        clock.seconds += 5 * MINUTE
        second = await source.read()
        assert second is not None
        assert second.text == "new"


async def test_a_document_that_did_not_change_is_not_sent_again(clock: HandClock) -> None:
    marked = build_answer(SEASON, ETag='"v1"', Last_Modified="Wed, 14 Feb 2024 12:00:00 GMT")
    async with serve(say(marked, build_answer(status="304 Not Modified"))) as site:
        source = make_source(site, clock)
        assert await source.read() is not None
        for _ in range(3):
            clock.seconds += 5 * MINUTE
            assert await source.read() is None
    assert [question.fields.get("if-none-match") for question in site.questions] == [None, '"v1"', '"v1"', '"v1"']
    assert site.questions[-1].fields["if-modified-since"] == "Wed, 14 Feb 2024 12:00:00 GMT"


async def test_a_mark_is_given_back_byte_by_byte(clock: HandClock) -> None:
    marked = build_answer(SEASON, ETag="@").replace(b"@", b'W/"\xe9\xff, \\"')
    async with serve(say(marked, build_answer(status="304 Not Modified"))) as site:
        source = make_source(site, clock)
        assert await source.read() is not None
        clock.seconds += 5 * MINUTE
        assert await source.read() is None
    assert site.questions[1].fields["if-none-match"] == 'W/"\xe9\xff, \\"'


async def test_a_published_spreadsheet_is_csv_though_its_address_does_not_say_so(clock: HandClock) -> None:
    async with serve(say(build_answer(b"Week,Topic\n", Content_Type="text/csv"))) as site:
        reading = await make_source(site, clock, "/spreadsheets/d/e/1/pub?gid=0&single=true&output=csv").read()
    assert reading is not None
    assert reading.form == "csv"


async def test_the_same_bytes_without_a_mark_are_nothing_new(clock: HandClock) -> None:
    async with serve(say(build_answer(SEASON))) as site:
        source = make_source(site, clock)
        assert await source.read() is not None
        clock.seconds += 5 * MINUTE
        assert await source.read() is None
    assert len(site.questions) == 2


async def test_a_failure_is_told_once_per_question_and_questions_become_rare(clock: HandClock) -> None:
    asked: list[float] = []
    async with serve(say(build_answer(status="500 Oops"))) as site:
        source = make_source(site, clock)
        for _ in range(24 * 60):
            try:
                assert await source.read() is None
            except SourceTrouble:
                asked.append((clock.seconds - 1000) / MINUTE)
            clock.seconds += MINUTE
    assert asked == [0, 5, 15, 35, 75, 155, 315, 635, 995, 1355]
    assert len(site.questions) == len(asked)


async def test_after_trouble_the_document_is_given_anew_though_it_did_not_change(clock: HandClock) -> None:
    marked = build_answer(SEASON, ETag='"v1"')
    async with serve(say(marked, build_answer(status="503 Busy"), marked)) as site:
        source = make_source(site, clock)
        assert await source.read() is not None
        clock.seconds += 5 * MINUTE
        with pytest.raises(SourceTrouble, match="status 503"):
            await source.read()
        clock.seconds += 5 * MINUTE
        assert await source.read() is not None
    assert "if-none-match" not in site.questions[-1].fields


async def test_a_server_that_asks_for_time_gets_it(clock: HandClock) -> None:
    async with serve(say(build_answer(status="429 Slow down", Retry_After="7200"), build_answer(SEASON))) as site:
        source = make_source(site, clock)
        with pytest.raises(SourceTrouble, match="too often"):
            await source.read()
        clock.seconds += 7199
        assert await source.read() is None
        clock.seconds += 1
        assert await source.read() is not None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (build_answer(b"<!doctype html><p>sign in"), "a web page"),
        (build_answer(b"| Week |", Content_Type="text/html"), "a web page"),
        (build_answer(b"| Week |\n| \xb0\xa1 |\n"), "season.md:2: this is not UTF-8"),
        (build_answer(b"x" * (1024 * 1024 + 1)), "1 MiB"),
        (build_answer(b"\x1f\x8b", Content_Encoding="gzip"), "packs"),
        (build_answer(status="304 Not Modified"), "status 304"),
    ],
)
async def test_an_answer_that_is_no_document_says_what_to_do(clock: HandClock, said: bytes, words: str) -> None:
    async with serve(say(said)) as site:
        with pytest.raises(SourceTrouble) as caught:
            await make_source(site, clock).read()
    assert str(caught.value).startswith(site.url("/season.md:" if ":2:" in words else "/season.md: "))
    assert words in str(caught.value)


async def test_a_mended_document_does_not_wait_for_rare_questions(clock: HandClock) -> None:
    async with serve(say(*[build_answer(b"\xff")] * 8, build_answer(SEASON))) as site:
        source = make_source(site, clock)
        for _ in range(8):
            with pytest.raises(SourceTrouble, match="not UTF-8"):
                await source.read()
            clock.seconds += 5 * MINUTE
        assert await source.read() is not None


async def test_a_server_that_cannot_be_reached_is_told_by_its_address(clock: HandClock) -> None:
    async with serve(say(SEASON)) as site:
        source = make_source(site, clock, "/season.csv?token=s3cret")
    with pytest.raises(SourceTrouble) as caught:
        await source.read()
    assert str(caught.value).startswith(f"{site.url('/season.csv')}: the server cannot be reached")
    assert "s3cret" not in str(caught.value)
    assert await source.read() is None


async def test_the_same_trouble_has_the_same_words(clock: HandClock) -> None:
    source = UrlSource(
        "http://season.example/a.md", reach=reach_loopback(resolve=Names([])), clock=clock, chance=lambda: 0.0
    )
    told = set()
    for _ in range(4):
        with pytest.raises(SourceTrouble) as caught:
            await source.read()
        told.add(str(caught.value))
        clock.seconds += 24 * 60 * MINUTE
    assert len(told) == 1


def test_an_address_that_must_not_be_asked_is_refused_at_once() -> None:
    with pytest.raises(SourceTrouble, match="source: the address has to begin with https://"):
        UrlSource("ftp://example.org/season.md")
    with pytest.raises(SourceTrouble) as caught:
        UrlSource("https://ann:s3cret@example.org/season.md")
    assert "s3cret" not in str(caught.value)


def test_the_name_keeps_the_suffix_and_hides_the_query() -> None:
    assert UrlSource("https://example.org/season.csv?token=s3cret").name == "https://example.org/season.csv"
