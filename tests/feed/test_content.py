"""Texts in content lines."""

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from service.feed.content import Text, plain_line, plain_name, plain_text


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
