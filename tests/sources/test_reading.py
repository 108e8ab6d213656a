"""From bytes to text."""

from hashlib import sha256

import pytest

from service.sources.reading import LIMIT, SourceTrouble, decode


def test_a_reading_has_the_text_and_the_digest_of_its_bytes() -> None:
    reading = decode("1주차\n".encode(), "season.md")
    assert reading.text == "1주차\n"
    assert reading.digest == sha256("1주차\n".encode()).hexdigest()


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode(b"\xef\xbb\xbfweek 1", "season.md").text == "week 1"


@pytest.mark.parametrize(("content", "line"), [(b"\xff\xfew\x00", 1), (b"a\nb\n\xb0\xa1\n", 3), (b"a\n\xe1\x84", 2)])
def test_what_is_not_utf_8_is_told_by_its_line(content: bytes, line: int) -> None:
    with pytest.raises(
        SourceTrouble, match=rf"^season\.md:{line}: this is not UTF-8 text; save the document as UTF-8$"
    ):
        decode(content, "season.md")


def test_a_document_ends_at_a_mebibyte() -> None:
    assert len(decode(b"x" * LIMIT, "season.md").text) == LIMIT
    with pytest.raises(SourceTrouble, match=r"season\.md: the document is longer than 1 MiB"):
        decode(b"x" * (LIMIT + 1), "season.md")
