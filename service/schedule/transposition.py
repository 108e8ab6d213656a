"""Tables that lie on their side: dates in the header row, titles and speakers below."""

from dataclasses import replace

from service.schedule.dates import find_dates
from service.schedule.grid import Grid, Row
from service.schedule.headers import Role, role_words

__all__ = ["transposed"]


def transposed(grid: Grid) -> Grid:
    """`grid` with its rows as columns, if its dates stand in the header row; else `grid` itself."""
    dates = [bool(find_dates(cell.flat, weak=True)) for cell in grid.headers]
    labelled = any(_is_dates_row(row) for row in grid.rows[:5])
    if not labelled and (sum(dates[1:]) < 2 or sum(dates) < len(dates) / 2):
        return grid
    if all(dates):
        # No column of labels: the rows are what their words make of them.
        blank = replace(grid.headers[0], text="", links=())
        labels = (blank,) * (len(grid.rows) + 1)
        return replace(grid, headers=labels, rows=tuple(_column(grid, place) for place in range(len(dates))))
    first = [grid.headers[0], *(row.cells[0] for row in grid.rows if row.cells)]
    headers = tuple(replace(cell, text="" if find_dates(cell.text, weak=True) else cell.text) for cell in first)
    if not headers[0].text and not labelled:
        headers = (replace(headers[0], text="date"), *headers[1:])
    return replace(grid, headers=headers, rows=tuple(_column(grid, place) for place in range(1, len(dates))))


def _is_dates_row(row: Row) -> bool:
    """Whether a row is what a date column should be: a word for dates, then dates."""
    if not row.cells or Role.DATE not in role_words(row.cells[0].flat):
        return False
    return sum(bool(find_dates(cell.flat, weak=True)) for cell in row.cells[1:]) >= max(2, (len(row.cells) - 1) / 2)


def _column(grid: Grid, place: int) -> Row:
    below = (
        row.cells[place] if place < len(row.cells) else replace(row.cells[0], text="", links=())
        for row in grid.rows
        if row.cells
    )
    return Row((grid.headers[place], *below), grid.headers[place].line)
