"""Ready answers: codings, tags and file names."""

import gzip
from datetime import datetime, timedelta, timezone

import pytest

from service.web.representation import Headers, Payload, Representation, name_file

BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" * 20
MOMENT = datetime(2024, 1, 27, 21, 0, 0, 999, tzinfo=timezone(timedelta(hours=9)))
INLINE = name_file("inline", "season", "시즌 4")


def make(body: bytes = BODY, stale_since: datetime | None = None) -> Representation:
    return Representation(payload=Payload(body), modified=MOMENT, disposition=INLINE, stale_since=stale_since)


def value(headers: Headers, name: bytes) -> bytes:
    (found,) = [text for key, text in headers if key == name]
    return found


def test_both_codings_hold_the_same_feed() -> None:
    assert make().plain.body == gzip.decompress(make().gzip.body) == BODY


def test_each_coding_has_a_strong_tag_of_its_own() -> None:
    assert make().plain.etag != make().gzip.etag
    assert make().plain.etag.startswith(b'"')


def test_equal_bytes_have_equal_answers() -> None:
    assert make() == make()
    assert (make().plain, make().gzip) == (make().plain, make().gzip)
    assert make().plain.etag != make(BODY + b" ").plain.etag


def test_an_answer_is_put_together_once() -> None:
    answer = make()
    assert answer.plain is answer.plain
    assert answer.gzip is answer.gzip
    assert answer.payload.gzip is answer.gzip.body


def test_the_date_has_whole_seconds_in_gmt() -> None:
    assert value(make().plain.found, b"last-modified") == b"Sat, 27 Jan 2024 12:00:00 GMT"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"content-type", b"text/calendar; charset=utf-8; method=PUBLISH"),
        (b"cache-control", b"public, max-age=300, stale-if-error=86400"),
        (b"vary", b"Accept-Encoding"),
        (b"x-robots-tag", b"noindex"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"access-control-allow-origin", b"*"),
        (b"content-length", str(len(BODY)).encode()),
    ],
)
def test_a_found_feed_carries(name: bytes, expected: bytes) -> None:
    assert value(make().plain.found, name) == expected


def test_only_the_compressed_body_says_that_it_is() -> None:
    assert value(make().gzip.found, b"content-encoding") == b"gzip"
    assert b"content-encoding" not in dict(make().plain.found)


def test_an_unchanged_answer_describes_no_body() -> None:
    names = set(dict(make().gzip.unchanged))
    assert {b"etag", b"last-modified", b"cache-control", b"vary"} <= names
    assert not names & {b"content-length", b"content-type", b"content-encoding", b"content-disposition"}


def test_a_stale_feed_says_since_when() -> None:
    stale = make(stale_since=MOMENT)
    assert value(stale.plain.found, b"x-schedule-stale-since") == b"2024-01-27T12:00:00Z"
    assert value(stale.plain.unchanged, b"x-schedule-stale-since") == b"2024-01-27T12:00:00Z"
    assert b"x-schedule-stale-since" not in dict(make().plain.found)


def test_a_file_is_named_in_ascii_and_in_the_titles_letters() -> None:
    assert INLINE == "inline; filename=\"season.ics\"; filename*=UTF-8''%EC%8B%9C%EC%A6%8C%204.ics"


@pytest.mark.parametrize("stem", ['a"b', "a\r\nb", "시즌", "../../x", ""])
def test_no_name_breaks_out_of_its_header(stem: str) -> None:
    disposition = name_file("attachment", stem, f"{stem}\r\nX: y\u2028; / \\")
    assert disposition.isascii()
    assert disposition.isprintable()
    assert disposition.count('"') == 2
    assert "/" not in disposition


def test_a_long_title_is_cut() -> None:
    assert len(name_file("inline", "season", "가" * 500)) < 700
