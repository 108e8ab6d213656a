"""The roster: participants as rows of a CSV, checked on the way in and harmless for spreadsheets on the way out."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo

from service.app.publishing import UnknownSeries
from service.remediable import Remediable
from service.reminders.rule import parse_rules
from service.schedule.text import clean_line
from service.settings import reader, timing
from service.settings.values import SeriesSettings, Settings
from service.store.participants import Participant, State
from service.store.wishes import Choice

__all__ = ["Entry", "check_entry", "choose_series", "read_roster", "tell_choices", "write_roster"]

_COLUMNS: Final = ("email", "name", "series", "language", "timezone", "state")
_CHOICES: Final = ("reminders", "weekly_summary", "invitations", "paused_until")
_YES: Final = "yes"
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run as a formula
_LONGEST_NAME: Final = 200
_MOST_RULES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A participant to be added, checked. `choice` is what they had chosen, if the list tells."""

    email: str
    name: str
    series: str
    language: str
    timezone: str
    state: State
    choice: Choice | None = None


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
        zone = timing.read_zone(row.get("timezone") or str(series.cadence.timezone))
        return Entry(
            email=reader.read_address(_restore(row.get("email") or "").strip()),
            name=clean_line(_restore(row.get("name") or ""))[:_LONGEST_NAME],
            series=series.slug,
            language=reader.read_language(row.get("language") or series.language or settings.language),
            timezone=str(zone),
            state=State(reader.one_of(*State)(row.get("state") or State.CONFIRMED)),
            choice=_read_choice(row, zone) if any(name in row for name in _CHOICES) else None,
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
    writer.writerow((*_COLUMNS, *_CHOICES))
    for one in people:
        person = (_defuse(one.address), _defuse(one.name), one.series, one.language, one.timezone, one.state)
        wants = (_YES if wanted else "" for wanted in (one.digest, one.invitations))
        writer.writerow((*person, one.leads, *wants, _tell_pause(one)))


def tell_choices(one: Participant, now: datetime) -> str:
    """What a participant has chosen, in words; empty if they left everything as it was."""
    told = {
        f"reminders {one.leads}": bool(one.leads),
        "weekly summary": one.digest,
        "invitations": one.invitations,
        f"paused until {_tell_pause(one)}": one.is_paused(now),
    }
    return ", ".join(words for words, is_so in told.items() if is_so)


def _tell_pause(one: Participant) -> str:
    """The first day after a pause by the person's own clock, or the very instant if the pause ends within a day."""
    if one.paused_until is None:
        return ""
    ends = one.paused_until.astimezone(ZoneInfo(one.timezone))
    return f"{ends:%Y-%m-%d}" if ends.time() == time() else ends.isoformat()


def _read_choice(row: Mapping[str, Any], zone: tzinfo) -> Choice:
    """What the columns of choices say. Raises `ValueError`."""
    digest, invitations = (
        reader.one_of(_YES, "no", "")((row.get(name) or "").strip()) == _YES
        for name in ("weekly_summary", "invitations")
    )
    rules = parse_rules(row.get("reminders") or "")
    if len(rules) > _MOST_RULES:
        raise ValueError(f"choose {_MOST_RULES} reminders at most")
    leads = " ".join(map(str, rules))
    return Choice(
        leads=leads,
        digest=digest,
        invitations=invitations,
        paused_until=_read_pause(row.get("paused_until") or "", zone),
    )


def _read_pause(text: str, zone: tzinfo) -> datetime | None:
    if not text.strip():
        return None
    try:
        ends = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f'write a day as year-month-day, like 2026-03-02, instead of "{text}"') from None
    return ends if ends.tzinfo else ends.replace(tzinfo=zone)


def _defuse(text: str) -> str:
    """A text with an apostrophe before what a spreadsheet would run."""
    return f"'{text}" if text.lstrip("'").startswith(_ACTIVE) else text


def _restore(text: str) -> str:
    """A text without the apostrophe of `_defuse`; any other apostrophe is the person's own."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_ACTIVE) else text
