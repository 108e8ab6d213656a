"""CSV documents as grids, with the line on which each record starts."""

import csv
from collections.abc import Callable

from service.schedule.grid import Cell, Grid, Row

__all__ = ["read_delimited"]


def read_delimited(text: str, read: Callable[[str, int, int], Cell]) -> Grid | None:
    """The grid of a CSV text (RFC 4180; commas, semicolons or tabs); None if it has no two records.

    Raises csv.Error if a record cannot be read.
    """
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=False)
    rows: list[Row] = []
    line = 1
    for record in reader:
        if any(value.strip() for value in record):
            rows.append(Row(tuple(_cells(record, line, read)), line))
        line = reader.line_num + 1
    if len(rows) < 2:
        return None
    return Grid(rows[0].cells, tuple(rows[1:]), rows[0].line)


def _cells(record: list[str], line: int, read: Callable[[str, int, int], Cell]) -> list[Cell]:
    cells: list[Cell] = []
    column = 1
    for value in record:
        cells.append(read(value.strip(), line, column))
        column += len(value) + 1
    while len(cells) > 1 and not (cells[-1].text or cells[-1].links):
        cells.pop()
    return cells
