"""Which answers are documents."""

from typing import Final

import pytest

from service.sources.answer import Answer, check_fields, check_status, is_page
from service.sources.location import read_location
from service.sources.unusable import Unusable

WHERE: Final = read_location("https://example.org/season.md")
LENGTH: Final = {"content-length": "12"}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (204, "no document"),
        (206, "no document"),
        (304, "no document"),
        (401, "sign-in"),
        (403, "sign-in"),
        (404, "nothing at this address"),
        (410, "nothing at this address"),
        (418, "no document"),
        (429, "too often"),
        (500, "in trouble"),
        (503, "in trouble"),
    ],
)
def test_every_refusal_says_what_to_do(status: int, words: str) -> None:
    with pytest.raises(Unusable, match=f"{words}.*status {status}|status {status}.*{words}"):
        check_status(status)


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip", "x-gzip", "zstd", "deflate"])
def test_a_packed_document_is_refused(encoding: str) -> None:
    with pytest.raises(Unusable, match="packs"):
        check_fields(LENGTH | {"content-encoding": encoding})


@pytest.mark.parametrize("fields", [LENGTH, {"transfer-encoding": "Chunked"}, LENGTH | {"content-encoding": ""}])
def test_a_document_with_a_known_end_is_taken(fields: dict[str, str]) -> None:
    check_fields(fields)


def test_a_document_that_ends_with_the_line_is_refused() -> None:
    with pytest.raises(Unusable, match="where the document ends"):
        check_fields({})


def test_a_document_that_announces_more_than_a_mebibyte_is_refused() -> None:
    check_fields({"content-length": str(1024 * 1024)})
    with pytest.raises(Unusable, match="1 MiB"):
        check_fields({"content-length": str(1024 * 1024 + 1)})


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("text/csv; charset=utf-8", "csv"),
        ("Text/Tab-Separated-Values", "csv"),
        ("application/yaml", "yaml"),
        ("application/toml", "toml"),
        ("text/plain", ""),
        ("text/markdown", ""),
        ("", ""),
    ],
)
def test_the_media_type_may_tell_the_form(media_type: str, form: str) -> None:
    assert Answer(WHERE, 200, {"content-type": media_type}).form == form


@pytest.mark.parametrize(
    ("media_type", "content", "page"),
    [
        ("text/html; charset=utf-8", b"| Week | Topic |", True),
        ("application/xhtml+xml", b"<?xml?>", True),
        ("text/plain", b"\xef\xbb\xbf\n <!DOCTYPE HTML><title>sign in</title>", True),
        ("", b"<html lang=ko>", True),
        ("text/plain", b"| Week | Topic |", False),
        ("text/markdown", b"<table><tr><td>1</td></tr></table>", False),
        ("application/octet-stream", b"week,topic", False),
    ],
)
def test_a_web_page_is_told_from_a_document(media_type: str, content: bytes, page: bool) -> None:
    assert is_page(Answer(WHERE, 200, {"content-type": media_type}, content)) is page
