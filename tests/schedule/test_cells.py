"""Cells are read the same the fast way and the parser's way, and within limits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.token import Token

from service.schedule.cells import CELL_LIMIT, CELLS_LIMIT, CellReader, TooManyCellsError
from service.schedule.grid import Cell
from service.schedule.inline import Flattening
from service.schedule.session import Link

PIECES = st.sampled_from(
    ["a", "Ada", " ", "  ", "_", "~", "~~", "*", "&", "&amp;", "&a=", "#", ";", "!", "[", "]", "(", ")", "[x](", "](",
     "x)", "[x](https://e.org/a)", "[a b](https://e.org/?a=1&b=2)", "[](./b)", "https://e.org/a_b", "http://", "<br>",
     "<br/>", "<b>", "<", ">", "\\", "`", ":", ".", "é", "김하나", "\u00a0", "\u200b", '"', "'", "|", "1/2", "a@b.org"]
)  # fmt: skip


def read(source: str) -> Cell:
    return CellReader().read(source, 1, 1)


def parse(source: str) -> Cell:
    """The cell as the Markdown parser alone reads it."""
    reader = CellReader()
    tokens: list[Token] = []
    reader.parser.inline.parse(source, reader.parser, {}, tokens)
    return Flattening().take_all(tokens).cell(1, 1)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=12).map(lambda pieces: "".join(pieces).strip()))
def test_the_fast_way_reads_what_the_parser_reads(source: str) -> None:
    assert read(source) == parse(source)


def test_links_words_and_breaks_are_read() -> None:
    cell = read("See [the paper](https://e.org/p?a=1&para=2)<br>and https://e.org/b_c.")
    assert cell.text == "See the paper\nand"
    assert cell.links == (Link("https://e.org/p?a=1&para=2", "the paper"), Link("https://e.org/b_c", ""))


def test_a_query_keeps_its_ampersands_in_html_too() -> None:
    cell = read('<a href="https://e.org/?a=1&amp;b=2&copy=3">x</a>')
    assert cell.links == (Link("https://e.org/?a=1&b=2&copy=3", "x"),)


def test_a_long_cell_is_cut_and_told() -> None:
    reader = CellReader()
    assert len(reader.read("a" * (CELL_LIMIT + 1), 3, 7).text) == CELL_LIMIT
    assert [(remark.line, remark.column, remark.code) for remark in reader.remarks] == [(3, 7, "cell-too-long")]


def test_too_many_cells_end_the_reading() -> None:
    reader = CellReader()
    reader.cells = CELLS_LIMIT
    with pytest.raises(TooManyCellsError):
        reader.read("", 1, 1)
