"""`check`: what a schedule says, and what is wrong with it."""

import json
import sys
from pathlib import Path

import click

from service.cli.bare import Terms, read_schedule, series_options
from service.cli.configured import find_settings
from service.cli.pointing import point_at
from service.remediable import Remediable
from service.schedule.diagnostic import Diagnostic, Severity
from service.schedule.report import describe
from service.schedule.session import Schedule, Session, Status

__all__ = ["check", "settings_of"]

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object, or a list of several.")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The settings.")
@series_options
def check(files: tuple[Path, ...], as_json: bool, config: Path | None, terms: Terms, told: bool) -> None:
    """Tell what is understood of schedules, and every problem.

    Without FILES, those of the settings. Exit status 1 if there is an error.
    """
    asked = [(file, terms if told else settings_of(file, terms, config)) for file in files] or _all_in_settings(config)
    read = [(file, read_schedule(file, chosen)) for file, chosen in asked]
    if as_json:
        objects = [describe(schedule, file=str(file)) for file, schedule in read]
        click.echo(json.dumps(objects if len(objects) > 1 else objects[0], ensure_ascii=False, indent=2))
    else:
        for file, schedule in read:
            _tell(file, schedule)
    remarks = [remark for _, schedule in read for remark in schedule.diagnostics]
    sys.exit(any(remark.severity is Severity.ERROR for remark in remarks))


def settings_of(file: Path, otherwise: Terms, config: Path | None) -> Terms:
    """The terms that the settings, else those beside a document, set for it, if they name it."""
    place = config or file.parent / "studybell.toml"
    if config or place.exists():
        settings = find_settings(place)
        for one in settings.series:
            if (settings.folder / one.source).resolve() == file.resolve():
                return Terms.of(one)
    return otherwise


def _all_in_settings(config: Path | None) -> list[tuple[Path, Terms]]:
    settings = find_settings(config)
    found = [(settings.folder / one.source, Terms.of(one)) for one in settings.series if "://" not in one.source]
    if not found:
        raise Remediable("every schedule of the settings is at a web address; save one to a file, and name that")
    return found


def _tell(file: Path, schedule: Schedule) -> None:
    meetings = [session for session in schedule.sessions if session.meets]
    click.secho(f"{file}: {schedule.title or 'untitled'}", bold=True)
    click.echo(f"sessions: {len(meetings)}, in the time zone {schedule.timezone}")
    for session in schedule.sessions:
        click.echo(f"  {_summarise(session)}")
    lines = file.read_text("utf-8", "replace").split("\n")
    for remark in schedule.diagnostics:
        _tell_problem(file, remark, lines)


def _summarise(session: Session) -> str:
    when = session.when
    day = (
        "(no date)       "
        if when is None
        else f"{when.starts:%a %Y-%m-%d}" + ("      " if when.all_day else f" {when.starts:%H:%M}")
    )
    who = f" — {', '.join(session.speakers)}" if session.speakers else ""
    state = "" if session.status is Status.CONFIRMED else f" [{session.status}]"
    return f"{session.number:>4}  {day}  {session.title}{who}{state}"


def _tell_problem(file: Path, remark: Diagnostic, lines: list[str]) -> None:
    severity = click.style(remark.severity, fg=_COLOURS[remark.severity])
    click.echo(f"{file}:{remark.line}:{remark.column}: {severity} {remark.code} {remark.message}")
    if remark.line <= len(lines):
        shown, caret = point_at(lines[remark.line - 1], remark.column)
        click.echo(f"    {shown}\n    {click.style(caret, fg=_COLOURS[remark.severity], bold=True)}")
