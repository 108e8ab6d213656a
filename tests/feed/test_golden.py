"""The bytes of the golden feeds, and their form (RFC 5545 3.1)."""

import pytest

from tests.feed.golden import GOLDEN, Golden

EVERY_GOLDEN = pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)


@EVERY_GOLDEN
def test_a_feed_is_what_it_was_byte_by_byte(golden: Golden) -> None:
    assert golden.render() == golden.feed.read_bytes()


@EVERY_GOLDEN
def test_lines_end_in_crlf_and_are_no_longer_than_75_octets(golden: Golden) -> None:
    feed = golden.feed.read_bytes()
    lines = feed.split(b"\r\n")
    assert lines.pop() == b""
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-1] == b"END:VCALENDAR"
    assert all(line and len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.decode() for line in lines), "no fold inside a character"


@EVERY_GOLDEN
def test_no_control_character_reaches_a_calendar(golden: Golden) -> None:
    text = golden.feed.read_text("utf-8")
    assert not [
        letter for letter in text if (letter < " " and letter not in "\r\n") or letter in "\x7f\x85\u2028\u2029"
    ]


@EVERY_GOLDEN
def test_nobody_is_named_by_address(golden: Golden) -> None:
    feed = golden.feed.read_bytes().replace(b"\r\n ", b"")
    assert b"ATTENDEE" not in feed
    assert b"mailto:" not in feed
    assert b"someone@" not in feed
