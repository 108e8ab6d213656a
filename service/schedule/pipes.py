"""Tables drawn with pipes: a block rule of the Markdown parser that takes them as ragged as people write them."""

import re
from dataclasses import dataclass

from markdown_it.rules_block import StateBlock

__all__ = ["Piece", "PipeTable", "free_headers", "split_line", "take_table"]

_DELIMITER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_PIPE = re.compile(r"(?<!\\)\|")

Piece = tuple[str, int]
"""The source of a cell and its column, counted from 1."""


@dataclass(frozen=True, slots=True)
class PipeTable:
    """A table's lines in pieces, the header first; `line` is the header's, the rows start two lines below it."""

    header: list[Piece]
    rows: list[list[Piece]]
    line: int


def take_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read the table that starts on line `start` (from 0) as one token of type "table" whose meta holds a `PipeTable`.

    Hosts of Markdown drop a table whose header and delimiter rows differ in width, and cells beyond the header
    (GFM 4.10); organisers write both, so every row keeps the cells that it has.
    """
    if start + 2 > end or not _has_delimiter(state, start + 1) or state.is_code_block(start):
        return False
    header, delimiter = _line(state, start), _line(state, start + 1)
    if _DELIMITER.fullmatch(header) or not ("|" in header or "|" in delimiter.strip("|")):
        return False
    if silent:
        return True
    stop = _find_end(state, start + 2, end)
    below = [_line(state, line) for line in range(start + 2, stop)]
    # Without pipes at the outer edges, a header that starts with one has an empty first cell.
    outer = not header.lstrip().startswith("|") or any(line.startswith("|") for line in (delimiter, *below))
    rows = [split_line(line, _column(state, start + 2 + index)) for index, line in enumerate(below)]
    token = state.push("table", "table", 0)
    token.map = [start, stop]
    token.meta = {"table": PipeTable(split_line(header, _column(state, start), outer=outer), rows, start + 1)}
    state.line = stop
    return True


def free_headers(text: str) -> str:
    """`text` with every table's header as far left as its delimiter row.

    An indented header would belong to a list above it, and be torn from its table.
    """
    lines = text.split("\n")
    for place, below in enumerate(lines[1:]):
        if lines[place][:1].isspace() and below[:1] in ("|", "-", ":") and "|" in below and not below.strip("-:| \t"):
            lines[place] = lines[place].lstrip()
    return "\n".join(lines)


def split_line(line: str, column: int, *, outer: bool = True) -> list[Piece]:
    """The cells of a table's line that starts at `column`; at least one.

    `outer` tells that a pipe at the beginning belongs to the table's frame.
    """
    pieces: list[Piece] = []
    for source in _PIPE.split(line):
        words = source.strip()
        pieces.append((words.replace("\\|", "|"), column + (source.find(words) if words else len(source))))
        column += len(source) + 1
    if len(pieces) > 1 and outer and not pieces[0][0]:
        pieces.pop(0)
    if len(pieces) > 1 and not pieces[-1][0]:
        pieces.pop()
    return pieces


def _has_delimiter(state: StateBlock, line: int) -> bool:
    """Whether `line` is a delimiter row at the depth of this block."""
    start = state.bMarks[line] + state.tShift[line]
    if state.src[start : start + 1] not in ("|", "-", ":") or state.sCount[line] < state.blkIndent:
        return False
    if state.is_code_block(line):
        return False
    text = _line(state, line)
    return "|" in text and "-" in text and _DELIMITER.fullmatch(text) is not None


def _find_end(state: StateBlock, line: int, end: int) -> int:
    """The first line from `line` on that is no row: an empty one, or one on which another block starts."""
    others = state.md.block.ruler.getRules("blockquote")
    while line < end and state.sCount[line] >= state.blkIndent and not state.is_code_block(line):
        start = state.bMarks[line] + state.tShift[line]
        if start >= state.eMarks[line]:
            break
        if state.src[start] != "|" and any(rule(state, line, end, True) for rule in others):
            break
        line += 1
    return line


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _column(state: StateBlock, line: int) -> int:
    start = state.bMarks[line] + state.tShift[line]
    return start - state.src.rfind("\n", 0, start)
