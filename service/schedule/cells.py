"""The cells of a document: from the source of each to its words and links, within limits that are told."""

import re
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from service.schedule.diagnostic import Diagnostic, Severity
from service.schedule.grid import Cell
from service.schedule.inline import Flattening, plain_text
from service.schedule.pipes import take_table

__all__ = ["CELLS_LIMIT", "CELL_LIMIT", "CELL_MARKS_LIMIT", "MARKS_LIMIT", "CellReader", "TooManyCellsError"]

CELL_LIMIT: Final = 2000
"""How many characters of one cell are read."""

CELLS_LIMIT: Final = 50_000
"""How many cells a document may have."""

CELL_MARKS_LIMIT: Final = 100
"""How many marks of Markdown a cell may have."""

MARKS_LIMIT: Final = 10_000
"""How many marks of Markdown a document may have in its cells; crowded brackets count more than once."""

_MARK = re.compile(r"[\[`*_~<\\&]")
_MARKUP = re.compile(r"[\[`*_~<\\&]|https?:")
# What the parser would take for plain text: no marks, or marks that mean nothing where they stand.
_WORDS = r"[^\[\]`*_~<\\&\n]++|&(?!#?\w{1,40};)|(?<!~)~(?!~)|(?<=[^\W_])_(?=[^\W_])"
_ADDRESS = r"(?:[^\x00-\x20\x7f-\xa0()<>\\&\s]|&(?!#?\w{1,40};))*+"
_PART = re.compile(
    rf"(?P<words>(?:{_WORDS}|\])++)|(?<!!)\[(?P<label>(?:{_WORDS})*+)\]\((?P<address>{_ADDRESS})\)|(?P<br><br ?/?>)"
)


class TooManyCellsError(ValueError):
    """The document has more cells than `CELLS_LIMIT`."""


class CellReader:
    """The reading of one document's cells, and the remarks on those that are not read whole."""

    def __init__(self) -> None:
        self.parser = _new_parser()
        self.definitions: dict[str, Any] = {}
        self.remarks: list[Diagnostic] = []
        self.cells = self.marks = 0

    def blocks(self, text: str) -> list[Token]:
        """The blocks of a Markdown text, their inline parts unread; its link definitions hold for all cells."""
        return self.parser.parse(text, self.definitions)

    def read(self, source: str, line: int, column: int) -> Cell:
        """The cell that `source` writes at this place (both from 1). Raises `TooManyCellsError`."""
        self.cells += 1
        if self.cells > CELLS_LIMIT:
            raise TooManyCellsError
        if len(source) > CELL_LIMIT:
            message = f"Only the first {CELL_LIMIT} characters of this cell are read. Shorten it, or link to the rest."
            self.remarks.append(Diagnostic(line, column, Severity.WARNING, "cell-too-long", message))
            source = source[:CELL_LIMIT]
        if not _MARKUP.search(source):
            return Cell(plain_text(source), line, column)
        if not self.may_read_marks(source, line, column):
            return Cell(plain_text(source), line, column)
        if simple := _read_simple(source):
            return simple.cell(line, column)
        tokens: list[Token] = []
        self.parser.inline.parse(source, self.parser, self.definitions, tokens)
        return Flattening().take_all(tokens).cell(line, column)

    def may_read_marks(self, source: str, line: int, column: int) -> bool:
        """Whether the marks of a cell are few enough; if not, say so where it is first too much."""
        marks = len(_MARK.findall(source))
        # Brackets of one cell cost the parser time that grows with their square.
        before, self.marks = self.marks, self.marks + marks + source.count("[") ** 2 // 4
        if marks <= CELL_MARKS_LIMIT and self.marks <= MARKS_LIMIT:
            return True
        if before <= MARKS_LIMIT:
            rest = "here and in all cells below" if self.marks > MARKS_LIMIT else "in this cell"
            message = (
                f"There is more Markdown than can be read, so its marks stay as they are {rest}. Write less of it."
            )
            self.remarks.append(Diagnostic(line, column, Severity.WARNING, "too-much-markup", message))
        return False


def _new_parser() -> MarkdownIt:
    """A parser for GitHub's Markdown whose blocks come without their inline parts: `CellReader.read` reads those."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable(["inline"])
    parser.block.ruler.at("table", take_table, {"alt": ["paragraph", "reference"]})
    # `safe_url` looks at every address; normalising all of them beforehand would cost most of the time.
    for name, passing in (("normalizeLink", str), ("normalizeLinkText", str), ("validateLink", bool)):
        setattr(parser, name, passing)
    return parser


def _read_simple(source: str) -> Flattening | None:
    """What most cells hold, words with simple links and line breaks; None if there is anything else."""
    flat = Flattening()
    position = 0
    while position < len(source):
        part = _PART.match(source, position)
        if part is None:
            return None
        if words := part["words"]:
            flat.say(words)
        elif part["br"]:
            flat.break_line()
        else:
            flat.open_link(part["address"])
            flat.say(part["label"])
            flat.close_link()
        position = part.end()
    return flat
