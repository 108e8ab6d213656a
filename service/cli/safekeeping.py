"""`backup`, `restore` and `resume`: a safe copy, its return, and the word that lets it send again."""

import asyncio
from pathlib import Path

import click

from service.app import safekeeping
from service.cli.configured import configured
from service.clock import SystemClock
from service.settings.values import Settings
from service.store.census import Census

__all__ = ["backup", "restore", "resume"]


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@configured
def backup(settings: Settings, file: Path) -> None:
    """Write a safe copy of everything to FILE.

    It may be done beside a running service. The database and the installation's secret are in it; keep it as you would
    keep a password. Settings and schedules are not: they are your own files.
    """
    census = safekeeping.back_up(settings, file)
    click.echo(f"{file}: {_describe(census)}, examined and found whole")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Move aside what is there.")
@configured
def restore(settings: Settings, file: Path, force: bool) -> None:
    """Put back the safe copy in FILE.

    Afterwards `studybell serve` serves it, but sends nothing before `studybell resume`.
    """
    restored = safekeeping.restore(settings, file, SystemClock().now(), force=force)
    if restored.aside:
        click.echo(f"what was there is in {restored.aside}")
    click.echo(f"{settings.data_dir}: {_describe(restored.census)}, restored")
    click.echo(
        "it serves feeds, but sends nothing until you have looked (`studybell doctor`) and say `studybell resume`"
    )


@click.command()
@click.option("--send", is_flag=True, help="Send also what was due before: only if it surely was not sent.")
@configured
def resume(settings: Settings, send: bool) -> None:
    """Let a restored or moved service send mails again.

    What was due up to now may have been sent already by the one it was copied from. It is listed as uncertain, and not
    sent. A running service notices within seconds.
    """
    resumed = asyncio.run(safekeeping.resume(settings, SystemClock(), send=send))
    if resumed.restraint is None:
        click.echo("nothing keeps this service from sending")
        return
    if resumed.set_aside:
        click.echo(f"{resumed.set_aside} mails that were due may have been sent before; they are not sent again:")
        click.echo("see `studybell deliveries list --state uncertain`")
    if resumed.known_until:
        click.echo(f"who registered or left since {resumed.known_until:%Y-%m-%d %H:%M} UTC may not be known here")
    click.echo("mails are sent again from now on")


def _describe(census: Census) -> str:
    count = census.stock.entered
    return f"{count} {'delivery' if count == 1 else 'deliveries'}"
