"""What is said to the organiser about a document: each remark tells what to do."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from service.schedule.diagnostic import Diagnostic, Severity
from service.schedule.draft import Draft
from service.schedule.entry import Entry
from service.schedule.grid import Grid
from service.schedule.headers import nearest_header, role_words
from service.schedule.session import Status

__all__ = ["remark_drafts", "remark_headers", "remark_ids", "remark_nothing"]

_SHAPES = {
    "ko": "| 주차 | 날짜 | 주제 | 발표자 |\n| --- | --- | --- | --- |\n| 1 | 2030-03-02 | 첫 모임 | 홍길동 |",
    "ja": "| 回 | 日付 | テーマ | 発表者 |\n| --- | --- | --- | --- |\n| 1 | 2030-03-02 | はじめに | 山田 |",
    "zh": "| 周次 | 日期 | 主题 | 主讲人 |\n| --- | --- | --- | --- |\n| 1 | 2030-03-02 | 导论 | 王小明 |",
}
_SHAPE = "| Week | Date | Title | Speaker |\n| --- | --- | --- | --- |\n| 1 | 2030-03-02 | First meeting | Ada |"
_HINTS = 30
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def remark_nothing(language: str) -> Diagnostic:
    """The error of a document in which no schedule was found, with the shape that is looked for."""
    shape = _SHAPES.get(language, _SHAPE)
    message = "No schedule found. Write it as a table with one row for each session, like this:\n" + shape
    return Diagnostic(1, 1, Severity.ERROR, "no-schedule", message)


def remark_headers(grids: Iterable[Grid]) -> Iterator[Diagnostic]:
    """Notes on column headers that look like a misspelt word; the first ones are enough to find the habit."""
    cells = (cell for grid in grids for cell in grid.headers)
    for cell in islice((cell for cell in cells if cell.text and not role_words(cell.flat)), _HINTS):
        if near := nearest_header(cell.flat):
            message = f"The column {cell.flat!r} is not understood; did you mean {near!r}?"
            yield Diagnostic(cell.line, cell.column, Severity.NOTE, "column-unknown", message)


def remark_ids(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    """Warnings on ids that stand in more than one row: calendars follow an id, and it can lead to one session only."""
    first: dict[str, int] = {}
    for entry in entries:
        if not entry.id:
            continue
        line = first.setdefault(entry.id, entry.line)
        if line != entry.line:
            message = f"The id {entry.id[:80]!r} stands on line {line} already, and again here on line {entry.line}. "
            message += "Give every row an id of its own."
            yield Diagnostic(entry.line, 1, Severity.WARNING, "duplicate-id", message)


def remark_drafts(drafts: Sequence[Draft], days: Sequence[date | None]) -> Iterator[Diagnostic]:
    """Warnings on dates: a year that nobody says, a day of the week that does not fit, a second date in a row."""
    for draft, day in zip(drafts, days, strict=True):
        if draft.written is not None and day is None:
            message = (
                "No year is known for this date. Write it in the table or a heading, or give the year in the settings."
            )
            yield Diagnostic(draft.line, draft.column, Severity.ERROR, "year-unknown", message)
        elif draft.written is not None and day is not None:
            yield from _remark_date(draft, day)
        if draft.time is not None and draft.time.assumed:
            message = f"Morning or afternoon? {draft.time.begins:%H:%M} is assumed; write it as 24 hours."
            yield Diagnostic(draft.line, draft.column, Severity.WARNING, "time-half-of-day", message)


def _remark_date(draft: Draft, day: date) -> Iterator[Diagnostic]:
    stated = draft.written.weekday if draft.written else None
    if stated is not None and stated != day.weekday():
        message = f"{day} is a {_WEEKDAYS[day.weekday()]}, not a {_WEEKDAYS[stated]}. Correct one of the two."
        yield Diagnostic(draft.line, draft.column, Severity.WARNING, "weekday-mismatch", message)
    if draft.other_dates and draft.status is not Status.BREAK:
        message = f"This row has more than one date; only {day} is used. Give every session its own row."
        yield Diagnostic(draft.line, draft.column, Severity.WARNING, "several-dates", message)
