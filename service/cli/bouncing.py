"""`bounce`: one mail that came back, handed over by the mail server that got it."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

import click

from service.app.returns import choose_returns
from service.app.store import open_store
from service.cli.configured import find_settings
from service.clock import SystemClock
from service.delivery.intake import take_in
from service.delivery.returned import LARGEST, read_returned
from service.remediable import Remediable

__all__ = ["bounce"]

_CHUNK: Final = 64 * 1024


@click.command()
@click.option("--recipient", default="", help="The address it came to, if your mail server tells: ${recipient}.")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The settings; as for all commands.")
def bounce(recipient: str, config: Path | None) -> None:
    """Take in a mail that came back.

    It is read from standard input: let your mail server pipe to this what it gets for the `address` in [bounces].
    Whatever the mail says, the status is 0, so that nothing comes back of it. If studybell itself is in trouble it is
    75: try again later.
    """
    content = _read(sys.stdin.buffer)
    now = SystemClock().now()
    try:
        settings = find_settings(config)
        with open_store(settings) as store:
            verp = choose_returns(settings, store.keys)
            if verp is None:
                raise Remediable("set `address` in [bounces] to the address that mails come back to")
            returned = read_returned(content, verp, now, recipient)
            done = store.database.submit(partial(take_in, returned=returned, now=now)).result()
    except (Remediable, OSError) as trouble:
        for line in str(trouble).splitlines():
            click.echo(f"studybell: {line}", err=True)
        sys.exit(os.EX_TEMPFAIL)
    click.echo(f"studybell: {done}", err=True)


def _read(stream: BinaryIO) -> bytes:
    """The beginning of a mail. The rest is read, too: a mail server does not like to be left in the middle."""
    content = stream.read(LARGEST)
    while stream.read(_CHUNK):
        pass
    return content
