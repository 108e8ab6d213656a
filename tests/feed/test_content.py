"""Texts in content lines."""

from datetime import UTC, date, datetime
from itertools import pairwise

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar.parser import Contentline

from service.feed.content import fold_line, plain_line, plain_name, plain_text, write_day, write_lines, write_moment
from service.schedule.text import clean_text

LETTERS = st.characters(codec="utf-8") | st.sampled_from("\\;,nN\n^")


@given(st.text(LETTERS, max_size=200))
def test_a_text_reads_back_as_it_was(text: str) -> None:
    event = write_lines(["BEGIN:VEVENT", f"DESCRIPTION:{plain_text(text)}", "END:VEVENT"])
    assert str(icalendar.Event.from_ical(event)["DESCRIPTION"]) == clean_text(text)


def test_a_backslash_before_an_n_is_no_line_break() -> None:
    assert plain_line(r"C:\New") == r"C:\\New"


def test_a_line_has_no_line_breaks_and_no_controls() -> None:
    assert plain_line("a\u2028b\rc\nd\x07e\u0085f") == "a b c de f"


def test_the_name_of_a_calendar_needs_no_escapes() -> None:
    assert plain_name("Papers, season 4; part \\ two") == "Papers · season 4 · part · two"
    assert plain_name("Papers;") == "Papers ·"


def test_days_and_moments_have_all_their_digits() -> None:
    assert write_day(date(2024, 3, 1)) == "20240301"
    assert write_moment(datetime(987, 12, 31, 9, 5, 7, 999, tzinfo=UTC)) == "09871231T090507"


@given(st.text(LETTERS.filter(lambda letter: letter not in "\\\n"), max_size=400))
def test_a_line_without_escapes_is_folded_as_icalendar_folds(line: str) -> None:
    assert fold_line(line) == Contentline(line).to_ical()  # type: ignore[no-untyped-call]


@given(st.text(LETTERS, max_size=400).map(plain_text))
def test_no_fold_tears_an_escape_or_a_character_or_comes_before_it_must(line: str) -> None:
    pieces = fold_line(line).split(b"\r\n ")
    assert b"".join(pieces).decode() == line
    assert all(_is_whole(piece.decode()) for piece in pieces)
    assert max(map(len, pieces)) <= 74
    for piece, after in pairwise(pieces):
        letter = after.decode()[: 2 if after.startswith((b"\\", b"^")) else 1]
        assert len(piece) + len(letter.encode()) > 74 or letter.startswith("^")


@pytest.mark.parametrize("lead", range(75))
@pytest.mark.parametrize("text", ["\\" * 90, "가\\" * 40, "\\n" * 60, "a;\\,b" * 30])
def test_a_title_is_read_back_wherever_it_is_folded(lead: int, text: str) -> None:
    title = "x" * lead + text
    rendered = write_lines(["BEGIN:VEVENT", f"SUMMARY:{plain_line(title)}", "END:VEVENT"])
    assert max(map(len, rendered.split(b"\r\n"))) <= 75
    assert str(icalendar.Event.from_ical(rendered)["SUMMARY"]) == title


def _is_whole(piece: str) -> bool:
    return (len(piece) - len(piece.rstrip("\\"))) % 2 == 0
