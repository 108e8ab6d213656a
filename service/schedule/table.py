"""Tables as schedules: from the rows of a grid to drafts."""

import re
from collections.abc import Iterator, Sequence

from service.schedule.columns import Columns, find_columns
from service.schedule.datecell import dates_of, is_unfinished_date
from service.schedule.dates import WrittenDate, find_dates
from service.schedule.draft import Draft, merge_drafts
from service.schedule.grid import Grid, Row
from service.schedule.headers import Role, role_words
from service.schedule.numbering import read_number
from service.schedule.people import read_names
from service.schedule.row import RowReader
from service.schedule.session import Status
from service.schedule.titles import is_material
from service.schedule.transposition import transposed
from service.schedule.wording import is_blank, is_open, is_question

__all__ = ["TableReading", "find_year"]

_YEAR = re.compile(r"(?<![\d./-])(20[0-4]\d)(?![\d])")


def find_year(text: str) -> int | None:
    """The first year that stands in `text` by itself."""
    match = _YEAR.search(text)
    return int(match.group(1)) if match else None


class TableReading:
    """What a grid says as a schedule."""

    def __init__(self, grid: Grid) -> None:
        self.grid = transposed(grid)
        self.columns: Columns = find_columns(self.grid)
        headers = self.grid.headers
        days = [found for cell in headers if (found := find_dates(cell.flat)) and not role_words(cell.flat)]
        self.header_day: WrittenDate | None = days[0][0] if len(days) == 1 and self.columns.dated == 0 else None
        dated = self.columns.places.get(Role.DATE, ())
        header = headers[dated[0]].flat if dated and dated[0] < len(headers) else ""
        self.reader = RowReader(self.columns, self.header_day, header)

    @property
    def is_dated(self) -> bool:
        """Whether the rows have dates and something to say."""
        tells = any(map(self.columns.has, (Role.TITLE, Role.SPEAKER, Role.NUMBER)))
        return (self.columns.dated >= 0.4 or self.header_day is not None) and tells

    @property
    def is_numbered(self) -> bool:
        """Whether the rows are numbered sessions without dates: a date can come from the cadence."""
        numbered = self.columns.places.get(Role.NUMBER, ())
        if not numbered or not self.columns.has(Role.TITLE) or not self.grid.rows:
            return False
        count = sum(
            bool(read_number(cell.flat)[0]) for row in self.grid.rows for cell in self.columns.cells(row, Role.NUMBER)
        )
        return count >= len(self.grid.rows) * 0.5

    def drafts(self, known: frozenset[str] = frozenset()) -> list[Draft]:
        """The sessions of the rows; `known` are names that speak elsewhere in the document."""
        runs: list[list[Draft]] = []
        year = next((found for name in reversed(self.grid.path) if (found := find_year(name))), None)
        rows = self.grid.rows
        keyed = [self.is_keyed(row) for row in rows]
        last_keyed = max((index for index, key in enumerate(keyed) if key), default=-1)
        for index, row in enumerate(rows):
            draft = self.reader.read(row, year)
            lone = self.lone_text(row)
            if (found := find_year(lone)) and not find_dates(lone, weak=True) and not draft.links:
                year = found
            elif keyed[index] or (draft.status is Status.BREAK and draft.title):
                runs.append([draft])
            elif lone:
                runs.extend([one] for one in self.read_lone(row, lone, known))
            elif self.is_pointer(row, draft):
                continue
            elif index < last_keyed and runs:
                runs[-1].append(draft)
            elif draft.title or draft.speakers:
                runs.append([draft])
        return [_merge_run(run) for run in runs]

    def names(self) -> frozenset[str]:
        """The people who speak in this table."""
        rows = self.grid.rows
        return frozenset(
            name
            for row in rows
            for cell in self.columns.cells(row, Role.SPEAKER)
            for name in read_names(cell.text).speakers
        )

    def is_keyed(self, row: Row) -> bool:
        """Whether a row has the date or the number that makes it a slot of its own."""
        if self.header_day is not None or not (self.columns.has(Role.DATE) or self.columns.has(Role.NUMBER)):
            return any(cell.text for cell in row.cells)
        dates = [cell.flat or cell.struck for cell in self.columns.cells(row, Role.DATE)]
        if any(dates_of(text) or is_open(text) or is_unfinished_date(text) for text in dates):
            return True
        numbers = self.columns.cells(row, Role.NUMBER)
        return any(
            not is_blank(cell.flat) and (self.lone_text(row) != cell.flat or bool(read_number(cell.flat)[0]))
            for cell in numbers
        )

    def lone_text(self, row: Row) -> str:
        """The text of a row that has only one."""
        texts = [cell.flat for cell in row.cells if not is_blank(cell.flat)]
        return texts[0] if len(texts) == 1 and len(self.grid.headers) > 1 else ""

    def is_pointer(self, row: Row, draft: Draft) -> bool:
        """Whether a row without a date only leads elsewhere, like an archive's link, or repeats the header."""
        texts = [cell.flat for cell in row.cells]
        if texts == [cell.flat for cell in self.grid.headers][: len(texts)]:
            return True
        label = " ".join(cell.flat for cell in self.columns.cells(row, Role.TITLE))
        return not draft.speakers and (not draft.title or is_material(label))

    def read_lone(self, row: Row, text: str, known: frozenset[str]) -> Iterator[Draft]:
        names = read_names(text)
        if names.speakers and set(names.speakers) <= known:
            cell = next(cell for cell in row.cells if cell.flat == text)
            status = Status.TENTATIVE if is_question(text) else Status.CONFIRMED
            yield Draft(line=row.line, column=cell.column, speakers=names.speakers, status=status)


def _merge_run(run: Sequence[Draft]) -> Draft:
    """A session's row with all its continuation rows; in halves, so that the first ones are not copied with each."""
    if len(run) == 1:
        return run[0]
    middle = len(run) // 2
    return merge_drafts(_merge_run(run[:middle]), _merge_run(run[middle:]))
