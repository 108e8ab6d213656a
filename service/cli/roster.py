"""The roster: participants as rows of a CSV, checked on the way in and harmless for spreadsheets on the way out."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TextIO

from service.app.publishing import UnknownSeries
from service.remediable import Remediable
from service.schedule.text import clean_line
from service.settings import reader, timing
from service.settings.values import SeriesSettings, Settings
from service.store.participants import Participant, State

__all__ = ["Entry", "check_entry", "choose_series", "read_roster", "write_roster"]

_COLUMNS: Final = ("email", "name", "series", "language", "timezone", "state")
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run as a formula
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A participant to be added, checked."""

    email: str
    name: str
    series: str
    language: str
    timezone: str
    state: State


def choose_series(settings: Settings, slug: str | None) -> SeriesSettings:
    """The series of that slug, or the only one. Raises `Remediable`."""
    if not slug and len(settings.series) > 1:
        raise Remediable(f"say which with --series: {', '.join(one.slug for one in settings.series)}")
    for one in settings.series:
        if slug in (None, "", one.slug):
            return one
    raise UnknownSeries(str(slug), settings)


def check_entry(row: Mapping[str, Any], settings: Settings, *, where: str) -> Entry:
    """A row of plain texts as an entry; what it leaves out is as the series is. Raises `Remediable` with `where`."""
    try:
        series = choose_series(settings, row.get("series"))
        return Entry(
            email=reader.read_address(_restore(row.get("email") or "").strip()),
            name=clean_line(_restore(row.get("name") or ""))[:_LONGEST_NAME],
            series=series.slug,
            language=reader.read_language(row.get("language") or series.language or settings.language),
            timezone=str(timing.read_zone(row.get("timezone") or str(series.cadence.timezone))),
            state=State(reader.one_of(*State)(row.get("state") or State.CONFIRMED)),
        )
    except (ValueError, Remediable) as error:
        raise Remediable(f"{where}: {error}") from None


def read_roster(lines: Iterable[str], settings: Settings, *, name: str) -> list[Entry]:
    """The rows of the CSV called `name`. Raises `Remediable` with everything that is wrong with them, a line each."""
    entries, problems = [], []
    try:
        rows = csv.DictReader(lines)
        if "email" not in (rows.fieldnames or ()):
            raise Remediable(f"{name}:1: the first line must name the columns: {','.join(_COLUMNS)}")
        for row in rows:
            try:
                entries.append(check_entry(row, settings, where=f"{name}:{rows.line_num}"))
            except Remediable as problem:
                problems.append(str(problem))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Remediable(f"{name}: this is not a CSV in UTF-8: {error}") from None
    if problems:
        raise Remediable("\n".join([*problems, "nothing was imported"]))
    return entries


def write_roster(file: TextIO, people: Iterable[Participant]) -> None:
    """Write participants as the CSV that `read_roster` reads."""
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for one in people:
        writer.writerow((_defuse(one.address), _defuse(one.name), one.series, one.language, one.timezone, one.state))


def _defuse(text: str) -> str:
    """A text with an apostrophe before what a spreadsheet would run."""
    return f"'{text}" if text.lstrip("'").startswith(_ACTIVE) else text


def _restore(text: str) -> str:
    """A text without the apostrophe of `_defuse`; any other apostrophe is the person's own."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_ACTIVE) else text
