"""Ragged tables become whole without moving a line."""

from hypothesis import given
from hypothesis import strategies as st

from service.schedule.pipes import cell_columns, mend_tables


def test_a_header_with_too_few_cells_is_widened() -> None:
    assert mend_tables(["a | b", "--|--|--", "1 | 2 | 3"]) == ["a | b|  |", "--|--|--", "1 | 2 | 3"]


def test_a_header_whose_first_cell_is_blank_keeps_it() -> None:
    assert mend_tables(["  | Type | Title", "-- | -- | --", "1 | x | y"])[0] == "|| Type | Title"


def test_a_row_with_too_many_cells_widens_the_header() -> None:
    assert mend_tables(["|a|b|", "|-|-|", "|1|2|3|"])[:2] == ["|a|b|  |", "|-|-|-|"]


def test_code_is_left_alone() -> None:
    lines = ["```", "a|b", "--|--|--", "```"]
    assert mend_tables(lines) == lines


def test_columns_count_from_one_and_know_escaped_pipes() -> None:
    assert cell_columns("| a | b \\| c | d |")[:3] == [3, 7, 16]
    assert cell_columns("a|b") == [1, 3]


@given(st.lists(st.text(alphabet="ab|-:\\ `~", max_size=12), max_size=12))
def test_no_line_is_added_or_lost(lines: list[str]) -> None:
    assert len(mend_tables(lines)) == len(lines)
