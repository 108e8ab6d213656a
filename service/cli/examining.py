"""`doctor`: what is wrong with an installation, before anybody misses a mail."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from service.app.examination import examine
from service.app.finding import Finding, Grade
from service.cli.configured import find_settings
from service.clock import SystemClock
from service.settings.loading import SettingsTrouble

__all__ = ["doctor"]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of objects.")
@click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The settings; without it studybell.toml here, or what STUDYBELL_CONFIG names.",
)
def doctor(as_json: bool, file: Path | None) -> None:
    """Look whether all is well, and tell what to do if not.

    Looks at the settings, the database and its ledger, the disk, the clock, the mail server, the records in DNS and
    every schedule. Nothing is sent. Ends with status 1 if something is wrong.
    """
    findings = _find(file)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in findings], ensure_ascii=False, indent=2))
    else:
        for one in findings:
            _tell(one)
    sys.exit(1 if any(one.grade is Grade.WRONG for one in findings) else 0)


def _find(file: Path | None) -> list[Finding]:
    try:
        settings = find_settings(file)
    except SettingsTrouble as trouble:
        return [Finding(Grade.WRONG, "settings", problem) for problem in trouble.problems]
    return asyncio.run(examine(settings, SystemClock()))


def _tell(one: Finding) -> None:
    colour = {Grade.OK: "green", Grade.WARNING: "yellow", Grade.WRONG: "red"}[one.grade]
    click.echo(f"{click.style(f'{one.grade:<8}', fg=colour)} {one.subject}: {one.words}")
    if one.advice:
        click.echo(f"{'':8} {one.advice}")
