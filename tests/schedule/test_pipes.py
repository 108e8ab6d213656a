"""Ragged tables are read whole, each cell with its place."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.schedule.cells import CellReader
from service.schedule.pipes import PipeTable, split_line


def tables(text: str) -> list[PipeTable]:
    return [token.meta["table"] for token in CellReader().blocks(text) if token.type == "table"]


def words(text: str) -> list[list[list[str]]]:
    """The cells of every table, row by row."""
    return [[[word for word, _ in row] for row in (table.header, *table.rows)] for table in tables(text)]


def test_a_header_with_too_few_cells_keeps_the_table() -> None:
    assert words("a | b\n--|--|--\n1 | 2 | 3") == [[["a", "b"], ["1", "2", "3"]]]


def test_a_header_whose_first_cell_is_blank_keeps_it() -> None:
    assert words("  | Type | Title\n-- | -- | --\n1 | x | y") == [[["", "Type", "Title"], ["1", "x", "y"]]]


def test_a_row_with_too_many_cells_keeps_them() -> None:
    assert words("|a|b|\n|-|-|\n|1|2|3|") == [[["a", "b"], ["1", "2", "3"]]]


def test_code_is_no_table() -> None:
    assert words("```\na|b\n--|--|--\n```") == []
    assert words("    a|b\n    --|--") == []


def test_a_heading_with_a_line_below_is_no_table() -> None:
    assert words("a\n--\n") == []


def test_a_table_ends_where_another_block_starts() -> None:
    assert words("a|b\n-|-\n1|2\n# c|d\n") == [[["a", "b"], ["1", "2"]]]
    assert words("a|b\n-|-\n1|2\n\n3|4\n") == [[["a", "b"], ["1", "2"]]]


def test_a_table_stands_in_a_quote_and_in_a_list() -> None:
    assert words("> a|b\n> -|-\n> 1|2\n") == [[["a", "b"], ["1", "2"]]]
    table = tables("- x\n\n  a | b\n  --|--\n  1 | 2\n")[0]
    assert (table.line, table.header, table.rows) == (3, [("a", 3), ("b", 7)], [[("1", 3), ("2", 7)]])


def test_a_table_interrupts_a_paragraph() -> None:
    assert words("text\na|b\n-|-\n1|2\n") == [[["a", "b"], ["1", "2"]]]


def test_columns_count_from_one_and_know_escaped_pipes() -> None:
    assert split_line("| a | b \\| c | d |", 1) == [("a", 3), ("b | c", 7), ("d", 16)]
    assert split_line("a|b", 1) == [("a", 1), ("b", 3)]


@given(st.text(alphabet="ab|-:\\ `~", max_size=24), st.booleans())
def test_a_line_has_a_cell_and_every_cell_stands_where_it_says(line: str, outer: Any) -> None:
    pieces = split_line(line, 1, outer=outer)
    assert pieces
    for word, column in pieces:
        assert line[column - 1 :].replace("\\|", "|").startswith(word)
