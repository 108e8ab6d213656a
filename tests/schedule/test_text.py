"""The gate for words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.schedule.text import clean_line, clean_text, mask_addresses


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("grace@example.org", "g***@***"),
        ("to <a.b+c@mail.example.org>, please", "to <a***@***>, please"),
        ("한봄 spring@example.org", "한봄 s***@***"),
        ("ada＠example.org", "a***@***"),
        ("@handle and a@b", "@handle and a@b"),
    ],
)
def test_addresses_are_masked(text: str, masked: str) -> None:
    assert mask_addresses(text) == masked


@given(st.text())
def test_cleaning_is_done_at_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert "\n" not in clean_line(text)


def test_controls_and_overrides_are_gone() -> None:
    assert clean_line("a\x00b\u202ec\r\nd\u2028e\tf") == "abc d e f"
