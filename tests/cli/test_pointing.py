"""Pointing: the caret stands below the place, also after wide letters and in long lines."""

from unicodedata import combining

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cli.pointing import point_at


@pytest.mark.parametrize(
    ("line", "column", "shown", "caret"),
    [
        ("| a | b |", 3, "| a | b |", "  ^"),
        ("| 가나 | b |", 8, "| 가나 | b |", "         ^"),
        ("a\tb", 3, "a b", "  ^"),
        ("short", 99, "short", "     ^"),
        ("", 1, "", "^"),
    ],
)
def test_the_caret_stands_below_the_place(line: str, column: int, shown: str, caret: str) -> None:
    assert point_at(line, column) == (shown, caret)


def test_a_long_line_is_cut_around_the_place() -> None:
    shown, caret = point_at("x" * 300 + "HERE" + "y" * 300, 301)

    assert shown.startswith("…x")
    assert shown.endswith("…")
    assert shown[len(caret) - 1 :].startswith("HERE")


@given(st.text(max_size=300), st.integers(-5, 400))
def test_no_line_is_wider_than_a_terminal(line: str, column: int) -> None:
    shown, caret = point_at(line, column)

    assert sum(not combining(char) for char in shown) <= 101
    assert caret.endswith("^")
    assert "\n" not in shown
