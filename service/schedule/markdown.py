"""A Markdown document as a page: its title, tables, lists and running text, with the lines they stand on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from service.schedule.cells import CellReader
from service.schedule.grid import Bullet, Cell, Grid, Outline, Prose, Row
from service.schedule.htmltable import find_html_tables
from service.schedule.pipes import PipeTable, free_headers

__all__ = ["Page", "read_markdown"]

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)
_SUMMARY = re.compile(r"<summary>(.{1,200}?)</summary>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """What a document lays out, in its order; `front` is the source of its front matter."""

    title: str
    grids: tuple[Grid, ...]
    outlines: tuple[Outline, ...]
    prose: tuple[Prose, ...]
    front: str = ""


def read_markdown(text: str, reader: CellReader) -> Page:
    """The page that `text` writes in GitHub's Markdown with HTML tables."""
    front = match.group(1) if (match := _FRONT_MATTER.match(text)) else ""
    if match:
        text = "\n" * match.group().count("\n") + text[match.end() :]
    return _Walk(free_headers(text), reader).page(front)


class _Walk:
    """The walk over a document's blocks."""

    def __init__(self, text: str, reader: CellReader) -> None:
        self.text, self.reader = text, reader
        self.lines = text.split("\n")
        self.cell = reader.read
        self.grids: list[Grid] = []
        self.outlines: list[Outline] = []
        self.prose: list[Prose] = []
        self.headings: list[tuple[int, Cell, list[Bullet]]] = []
        self.path: list[tuple[int, str]] = []

    def page(self, front: str) -> Page:
        tokens = self.reader.blocks(self.text)
        index = 0
        while index < len(tokens):
            index = self.take(tokens, index)
        self.add_html_tables()
        self.add_heading_outlines()
        self.grids.sort(key=lambda grid: grid.line)
        found = _FRONT_TITLE.search(front)
        title = self.cell(found.group(1), 1, 1).flat if found else ""
        title = title or next((part.text for part in self.prose if part.level), "")
        title = title or next((part.text for part in self.prose), "")
        return Page(title[:200], tuple(self.grids), tuple(self.outlines), tuple(self.prose), front)

    def take(self, tokens: Sequence[Token], index: int) -> int:
        """Read the block that starts at `index`; return where the next one starts."""
        token = tokens[index]
        if token.type == "heading_open":
            self.take_heading(tokens[index + 1], int(token.tag[1:]))
        elif token.type == "table":
            self.take_table(token.meta["table"])
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            stop = _closing(tokens, index)
            bullets = tuple(self.bullets(tokens[index:stop]))
            self.outlines.append(Outline(bullets, _line(token), self.sections()))
            if self.headings:
                self.headings[-1][2].extend(bullets)
            return stop
        elif token.type == "inline":
            self.prose.append(Prose(token.content[:4000], _line(token)))
        elif token.type == "html_block" and (summary := _SUMMARY.search(token.content)):
            self.take_section(self.cell(summary.group(1), _line(token), 1), 6)
        return index + (3 if token.type == "heading_open" else 1)

    def take_heading(self, inline: Token, level: int) -> None:
        line = _line(inline)
        column = self.lines[line - 1].find(inline.content[:20]) + 1
        self.take_section(self.cell(inline.content, line, max(column, 1)), level)

    def take_section(self, cell: Cell, level: int) -> None:
        self.path = [part for part in self.path if part[0] < level]
        self.path.append((level, cell.flat))
        self.headings.append((level, cell, []))
        if cell.flat:
            self.prose.append(Prose(cell.flat, cell.line, level))

    def sections(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.path)

    def take_table(self, table: PipeTable) -> None:
        headers = [self.cell(source, table.line, column) for source, column in table.header]
        rows = [
            Row(tuple([self.cell(source, line, column) for source, column in pieces]), line)
            for line, pieces in enumerate(table.rows, table.line + 2)
        ]
        width = max([len(headers), *(len(row.cells) for row in rows)])
        headers += [Cell("", table.line, len(self.lines[table.line - 1]) + 1)] * (width - len(headers))
        self.grids.append(Grid(tuple(headers), tuple(rows), table.line, self.sections()))

    def bullets(self, tokens: Sequence[Token]) -> Iterator[Bullet]:
        index = 1
        while index < len(tokens) - 1:
            stop = _closing(tokens, index)
            if tokens[index].type == "list_item_open":
                yield self.bullet(tokens[index:stop])
            index = stop

    def bullet(self, tokens: Sequence[Token]) -> Bullet:
        cell: Cell | None = None
        children: list[Bullet] = []
        index = 1
        while index < len(tokens) - 1:
            token = tokens[index]
            if token.type in ("bullet_list_open", "ordered_list_open"):
                stop = _closing(tokens, index)
                children.extend(self.bullets(tokens[index:stop]))
                index = stop
                continue
            if token.type == "inline":
                line = _line(token)
                column = max(self.lines[line - 1].find(token.content[:20].split("\n")[0]), 0) + 1
                self.prose.append(Prose(token.content[:4000], line))
                if cell is None:
                    cell = self.cell(token.content, line, column)
            index += 1
        return Bullet(cell or Cell("", _line(tokens[0]), 1), tuple(children))

    def add_html_tables(self) -> None:
        for grid in find_html_tables(self.text, self.cell):
            above = [part for part in self.prose if part.level and part.line <= grid.line]
            self.grids.append(replace(grid, path=(above[-1].text,) if above else ()))

    def add_heading_outlines(self) -> None:
        """Headings with lists below them may be sessions, too: one outline for each level of headings."""
        for level in sorted({level for level, _, _ in self.headings}):
            bullets = [Bullet(cell, tuple(items)) for depth, cell, items in self.headings if depth == level]
            self.outlines.append(Outline(tuple(bullets), bullets[0].cell.line))


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _closing(tokens: Sequence[Token], index: int) -> int:
    """Where the block that opens at `index` is over."""
    depth = 0
    for position in range(index, len(tokens)):
        depth += tokens[position].nesting
        if depth <= 0:
            return position + 1
    return len(tokens)
