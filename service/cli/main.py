"""`studybell`: the commands by name. Each is imported when it is called, so that none pays for the others."""

import gc
import logging
import sys
from importlib import import_module
from typing import Final

import click

from service import __version__
from service.remediable import Remediable

__all__ = ["main", "studybell"]

_COMMANDS: Final = {
    "demo": "serving",
    "serve": "serving",
    "send": "serving",
    "init": "beginning",
    "check": "checking",
    "diff": "differing",
    "accept": "accepting",
    "feed": "feeding",
    "plan": "planning",
    "preview": "previewing",
    "participants": "people",
    "deliveries": "ledger",
    "bounce": "bouncing",
    "doctor": "examining",
    "backup": "safekeeping",
    "restore": "safekeeping",
    "resume": "safekeeping",
    "admin-link": "admin_link",
}
_WRONG: Final = 2


class _Commands(click.Group):
    """The commands, in the order a newcomer meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        gc.disable()  # what is imported stays: there is nothing to collect
        module = import_module(f"service.cli.{_COMMANDS[cmd_name]}")
        gc.enable()
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="studybell")
def studybell() -> None:
    """One schedule in, everybody's calendar and inbox right.

    Start with `studybell demo`, then `studybell init SCHEDULE.md` for a schedule of your own.
    """


def main() -> None:
    """Run the command line. What a person can put right is told in a line or a few, with exit status 2."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for library in ("alembic", "apscheduler", "uvicorn", "asyncio"):
        logging.getLogger(library).setLevel(logging.WARNING)
    try:
        studybell()
    except Remediable as trouble:
        for line in str(trouble).splitlines():
            click.echo(f"studybell: {line}", err=True)
        sys.exit(_WRONG)
    except OSError as trouble:
        if trouble.filename is None:  # then no file is wrong, but the program
            raise
        place = f"{trouble.filename}: {trouble.strerror}"
        click.echo(f"studybell: {place}; look at its path, its owner and its rights", err=True)
        sys.exit(_WRONG)
