"""What to paste instead of the address of a page."""

import pytest

from service.sources.advice import advise
from service.sources.location import read_location


@pytest.mark.parametrize(
    ("url", "paste"),
    [
        (
            "https://github.com/group/season/blob/main/docs/season.md?plain=1#L3",
            "https://raw.githubusercontent.com/group/season/main/docs/season.md",
        ),
        (
            "https://github.com/group/season/wiki/Season-4",
            "https://raw.githubusercontent.com/wiki/group/season/Season-4.md",
        ),
        ("https://gist.github.com/ann/0123abcd", "https://gist.githubusercontent.com/ann/0123abcd/raw"),
        ("http://git.example.org:8080/g/s/-/blob/main/a.md", "http://git.example.org:8080/g/s/-/raw/main/a.md"),
        ("https://code.example.org/g/s/src/branch/main/a.md", "https://code.example.org/g/s/raw/branch/main/a.md"),
        ("https://hackmd.io/@group/season", "https://hackmd.io/@group/season/download"),
    ],
)
def test_a_page_around_a_file_leads_to_the_bare_file(url: str, paste: str) -> None:
    assert advise(read_location(url)).endswith(f"paste {paste}")


@pytest.mark.parametrize(
    "rest", ["d/abc/edit#gid=0", "d/e/2PACX-abc/pubhtml?gid=0&single=true", "d/abc/edit?usp=sharing"]
)
def test_a_spreadsheet_has_to_be_published_as_csv(rest: str) -> None:
    assert "Publish to web" in advise(read_location(f"https://docs.google.com/spreadsheets/{rest}"))


def test_a_conversation_has_no_bare_text() -> None:
    assert "file of the repository" in advise(read_location("https://github.com/group/season/issues/7"))


def test_any_other_page_is_told_apart_from_a_document() -> None:
    assert "not a document" in advise(read_location("https://example.org/season"))
