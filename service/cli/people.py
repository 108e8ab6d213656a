"""`participants`: who is registered, for the organiser's own hands. Nothing here sends a mail."""

import csv
import sys
from dataclasses import dataclass
from typing import Any, Final, TextIO

import click
from sqlalchemy import Connection

from service.app.publishing import UnknownSeries
from service.app.store import Store, open_store
from service.cli.configured import configured
from service.clock import SystemClock
from service.remediable import Remediable
from service.schedule.text import clean_line
from service.settings import reader
from service.settings.values import SeriesSettings, Settings
from service.store.participants import Participant, State, add, confirm, list_all, remove

__all__ = ["participants"]

_COLUMNS: Final = ("email", "name", "series", "language", "timezone", "state")
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run as a formula


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A participant to be added, checked."""

    email: str
    name: str
    series: str
    language: str
    timezone: str
    state: State


@click.group()
def participants() -> None:
    """List, add, import, export and remove participants."""


@participants.command(name="list")
@click.option("--series", help="Only those of one series.")
@configured
def list_(settings: Settings, series: str | None) -> None:
    """Tell who is registered."""
    with open_store(settings) as store:
        for one in _all(store, series):
            click.echo(f"{one.series}  {one.state:<12}  {one.address}  {one.name}  {one.language}  {one.timezone}")


@participants.command(name="add")
@click.argument("email")
@click.option("--series", help="The slug; needed if there are several.")
@click.option("--name", default="")
@click.option("--language")
@click.option("--timezone")
@click.option("--confirmed", is_flag=True, required=True, help="You vouch that this person wants the mails.")
@configured
def add_(
    settings: Settings,
    email: str,
    series: str | None,
    name: str,
    language: str | None,
    timezone: str | None,
    confirmed: bool,
) -> None:
    """Add EMAIL as a confirmed participant."""
    slug = series or _only_series(settings)
    row = {"email": email, "name": name, "series": slug, "language": language or "", "timezone": timezone or ""}
    entry = _check(row, settings, where=email)
    with open_store(settings) as store:
        store.database.submit(lambda connection: _enter(connection, store, entry)).result()
    click.echo(f"{entry.email} gets the reminders of {slug}")


@participants.command(name="import")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@configured
def import_(settings: Settings, file: TextIO) -> None:
    """Add participants from a CSV with the columns email, name, series, language, timezone, state. All or none."""
    rows = csv.DictReader(file)
    missing = {"email"} - set(rows.fieldnames or ())
    if missing:
        raise Remediable(f"{file.name}:1: the first line must name the columns: {','.join(_COLUMNS)}")
    entries, problems = [], []
    for row in rows:
        try:
            entries.append(_check(row, settings, where=f"{file.name}:{rows.line_num}"))
        except Remediable as problem:
            problems.append(str(problem))
    if problems:
        raise Remediable("\n".join([*problems, "nothing was imported"]))
    with open_store(settings) as store:
        store.database.submit(lambda connection: _enter(connection, store, *entries)).result()
    click.echo(f"{len(entries)} participants imported")


@participants.command(name="export")
@click.option("--series", help="Only those of one series.")
@configured
def export(settings: Settings, series: str | None) -> None:
    """Write all participants as CSV."""
    writer = csv.writer(sys.stdout)
    writer.writerow(_COLUMNS)
    with open_store(settings) as store:
        for one in _all(store, series):
            name = f"'{one.name}" if one.name.startswith(_ACTIVE) else one.name
            writer.writerow((one.address, name, one.series, one.language, one.timezone, one.state))


@participants.command(name="remove")
@click.argument("email")
@click.option("--series", help="The slug; needed if there are several.")
@configured
def remove_(settings: Settings, email: str, series: str | None) -> None:
    """Erase EMAIL and everything known about it in a series."""
    slug = series or _only_series(settings)
    with open_store(settings) as store:
        gone = store.database.submit(lambda connection: remove(connection, slug, [email])).result()
    if not gone:
        raise Remediable(f"{email} is not registered for {slug}; `studybell participants list` tells who is")
    click.echo(f"{email} is erased from {slug}")


def _all(store: Store, series: str | None) -> tuple[Participant, ...]:
    return store.database.submit(lambda connection: list_all(connection, series)).result()


def _only_series(settings: Settings) -> str:
    if len(settings.series) > 1:
        raise Remediable(f"say which with --series: {', '.join(one.slug for one in settings.series)}")
    return settings.series[0].slug


def _find_series(settings: Settings, slug: str) -> SeriesSettings:
    for one in settings.series:
        if one.slug == slug:
            return one
    raise UnknownSeries(slug, settings)


def _check(row: dict[str, Any], settings: Settings, *, where: str) -> _Entry:
    """A row of plain texts as an entry. Raises `Remediable` with `where` it stands."""
    try:
        series = _find_series(settings, row.get("series") or _only_series(settings))
        zone = row.get("timezone") or str(series.cadence.timezone)
        return _Entry(
            email=reader.read_address((row.get("email") or "").strip()),
            name=clean_line(row.get("name") or "").removeprefix("'")[:200],
            series=series.slug,
            language=reader.read_language(row.get("language") or series.language or settings.language),
            timezone=str(reader.read_zone(zone)),
            state=State(row.get("state") or State.CONFIRMED),
        )
    except (ValueError, Remediable) as error:
        raise Remediable(f"{where}: {error}") from None


def _enter(connection: Connection, store: Store, *entries: _Entry) -> None:
    now = SystemClock().now()
    for entry in entries:
        is_confirmed = entry.state is State.CONFIRMED
        participant = add(
            connection,
            series=entry.series,
            address=entry.email,
            name=entry.name,
            language=entry.language,
            timezone=entry.timezone,
            state=State.PENDING if is_confirmed else entry.state,
            now=now,
        )
        if is_confirmed:
            confirm(connection, store.keys, participant, now)
