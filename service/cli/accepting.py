"""`accept`: the organiser's word for an edit that waits."""

import asyncio

import click

from service.app.publishing import find_source
from service.app.store import open_store
from service.cli.configured import configured
from service.cli.roster import choose_series
from service.remediable import Remediable
from service.settings.values import Settings
from service.store.revisions import accept as allow

__all__ = ["accept"]


@click.command()
@click.argument("series")
@configured
def accept(settings: Settings, series: str) -> None:
    """Publish an edit of SERIES that waits for your word.

    An edit that touches much of what is to come waits, because it mails many people: see `studybell diff`.
    """
    one = choose_series(settings, series)
    reading = asyncio.run(find_source(one, settings).read())
    if reading is None:
        raise Remediable(f"{one.source} cannot be read at this moment; try again")
    with open_store(settings) as store:
        found = store.database.submit(lambda connection: allow(connection, series, reading.digest)).result()
    if not found:
        raise Remediable(f"{series} was never published, so nothing of it waits; `studybell serve` publishes it")
    click.echo(f"{one.source} as it is now may be published; a running service does so within seconds")
