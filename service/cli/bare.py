"""A bare document on the command line: read with the settings of a series given as options."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

from service.schedule.arrangement import arrange
from service.schedule.cadence import Cadence, OnSkip
from service.schedule.document import form_of, read_document
from service.schedule.session import Schedule
from service.settings import reader, timing
from service.settings.reader import Reader
from service.settings.values import SeriesSettings
from service.sources.reading import SourceTrouble, decode

__all__ = ["Terms", "read_option", "read_schedule", "series_options"]

_OPTIONS: Final[Mapping[str, tuple[Reader, str]]] = {
    "timezone": (timing.read_zone, "Time zone, like Asia/Seoul."),
    "starts_on": (timing.read_day, "The first day, if the document does not say."),
    "starts_at": (timing.read_time, "The time of day, like 21:00; without it sessions last all day."),
    "duration": (timing.read_span, "How long a session lasts, like 2h."),
    "every": (timing.read_beat, 'How often, like 1w, or on which days, like "tue thu".'),
    "skip": (timing.read_days, "Days without a session, with commas; a pause as FIRST..LAST."),
    "holidays": (timing.read_country, "A country whose public holidays are skipped, like KR."),
    "on_skip": (lambda word: OnSkip(reader.one_of("shift", "drop")(word)), "shift or drop."),
    "year": (reader.read_count, "The year of the earliest date, if the document does not say."),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """How to read a document: its cadence and, if told, the year of its earliest date."""

    cadence: Cadence
    year: int | None = None

    @classmethod
    def of(cls, series: SeriesSettings) -> "Terms":
        """The terms that the settings of a series set."""
        return cls(series.cadence, series.year)


def series_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the settings of a series as options; they reach it as `terms`."""

    @wraps(command)
    def with_terms(**values: Any) -> None:
        given = {name: values.pop(name) for name in _OPTIONS}
        year = given.pop("year")
        known = {name: value for name, value in given.items() if value is not None}
        terms = Terms(Cadence(**{"timezone": timing.read_zone("UTC")} | known), year)
        command(terms=terms, told=bool(known) or year is not None, **values)

    for name, (read, help_text) in reversed(list(_OPTIONS.items())):
        with_terms = click.option(f"--{name.replace('_', '-')}", name, callback=read_option(read), help=help_text)(
            with_terms
        )
    return with_terms


def read_schedule(file: Path, terms: Terms) -> Schedule:
    """The schedule in a file. Raises `SourceTrouble` if it cannot be read."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SourceTrouble(f"{file}: cannot be read: {error.strerror}") from None
    text = decode(content, str(file)).text
    document = read_document(text, form=form_of(file.name), year=terms.year, timezone=str(terms.cadence.timezone))
    return arrange(document, terms.cadence)


def read_option(read: Reader) -> Callable[[click.Context, click.Parameter, str | None], Any]:
    """A callback that gives an option's text to a reader of settings, and tells what to write if it refuses."""

    def callback(_context: click.Context, _option: click.Parameter, value: str | None) -> Any:
        try:
            return None if value is None else read(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    return callback
