"""Texts in content lines."""

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.feed.content import Text, mend_folds, plain_line, plain_name, plain_text
from service.feed.event import render_event
from service.schedule.session import Session
from tests.feed.season import make_series, make_version, make_when


@given(
    st.text(st.characters(codec="utf-8") | st.sampled_from("\\;,nN\n"), max_size=200).map(lambda text: plain_text(text))
)
def test_a_text_reads_back_as_it_was(text: Text) -> None:
    event = icalendar.Event()
    event.add("DESCRIPTION", text)
    assert str(icalendar.Event.from_ical(event.to_ical())["DESCRIPTION"]) == str(text)


def test_a_backslash_before_an_n_is_no_line_break() -> None:
    assert plain_line(r"C:\New").to_ical() == rb"C:\\New"


def test_a_line_has_no_line_breaks_and_no_controls() -> None:
    assert plain_line("a\u2028b\rc\nd\x07e\u0085f") == "a b c de f"


def test_the_name_of_a_calendar_needs_no_escapes() -> None:
    assert plain_name("Papers, season 4; part \\ two") == "Papers · season 4 · part · two"
    assert plain_name("Papers;") == "Papers ·"


@pytest.mark.parametrize("lead", range(75))
@pytest.mark.parametrize("text", ["\\" * 90, "가\\" * 40, "\\n" * 60, "a;\\,b" * 30])
def test_no_fold_tears_an_escape_or_a_character_or_comes_too_late(lead: int, text: str) -> None:
    title = "x" * lead + text
    rendered = render_event(make_version(Session(title=title, when=make_when())), make_series())
    lines = rendered.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines[:-1])
    assert not [line for line in lines if (len(line) - len(line.rstrip(b"\\"))) % 2]
    assert str(icalendar.Event.from_ical(rendered)["SUMMARY"]) == title


def test_what_needs_no_mending_is_left_as_it_is() -> None:
    whole = b"SUMMARY:a\\\\\r\n b\r\nSTATUS:x\r\n"
    assert mend_folds(whole) is whole
    assert mend_folds(b"SUMMARY:a\\\r\n \\b\r\nSTATUS:x\r\n") == b"SUMMARY:a\\\\b\r\nSTATUS:x\r\n"
