"""Tables written in HTML inside a Markdown document."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from service.schedule.grid import Cell, Grid, Row

__all__ = ["find_html_tables"]

_TAG = re.compile(r"<(/?)(table|tr|th|td)\b[^<>]{0,2000}>", re.IGNORECASE)
_FENCED = re.compile(r"^[ ]{0,3}```.*?^[ ]{0,3}```", re.MULTILINE | re.DOTALL)


@dataclass(slots=True)
class _Table:
    rows: list[list[tuple[str, int]]] = field(default_factory=list)
    cell: tuple[int, int] | None = None

    def end_cell(self, text: str, position: int) -> None:
        if self.cell is not None and self.rows:
            start, place = self.cell
            self.rows[-1].append((text[start:position], place))
        self.cell = None


def find_html_tables(text: str, read: Callable[[str, int, int], Cell]) -> tuple[Grid, ...]:
    """The HTML tables of `text`; `read` makes a cell of its source, line and column."""
    if "<table" not in text.lower():
        return ()
    hidden = _FENCED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    lines = _LineNumbers(text)
    return tuple(grid for table in _scan(hidden) if (grid := _to_grid(table, read, lines)) is not None)


class _LineNumbers:
    """Places in a text as lines and columns; asked in rising order, it counts every line once."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1

    def place(self, position: int) -> tuple[int, int]:
        if position < self.at:
            self.at, self.line = 0, 1
        self.line += self.text.count("\n", self.at, position)
        self.at = position
        return self.line, position - self.text.rfind("\n", 0, position)


def _scan(text: str) -> list[_Table]:
    tables: list[_Table] = []
    table: _Table | None = None
    for tag in _TAG.finditer(text):
        closing, name = bool(tag.group(1)), tag.group(2).lower()
        if name == "table" and not closing:
            table = _Table()
            tables.append(table)
        elif table is None:
            continue
        else:
            table.end_cell(text, tag.start())
            if name == "table":
                table = None
            elif not closing and name == "tr":
                table.rows.append([])
            elif not closing:
                if not table.rows:
                    table.rows.append([])
                table.cell = (tag.end(), tag.start())
    return tables


def _to_grid(table: _Table, read: Callable[[str, int, int], Cell], lines: _LineNumbers) -> Grid | None:
    rows: list[Row] = []
    for cells in table.rows:
        read_cells = tuple(read(" ".join(source.split()), *lines.place(at)) for source, at in cells)
        if read_cells:
            rows.append(Row(read_cells, read_cells[0].line))
    if len(rows) < 2:
        return None
    return Grid(rows[0].cells, tuple(rows[1:]), rows[0].line)
