"""`admin-link`: how the organiser comes to the desk."""

import click

from service.app.store import open_store
from service.cli.configured import configured
from service.clock import SystemClock
from service.settings.values import Settings
from service.store.desk import LINK_WORKS, issue_link

__all__ = ["admin_link"]


@click.command(name="admin-link")
@configured
def admin_link(settings: Settings) -> None:
    """Print a link that opens the organiser's desk.

    It works once, in the browser that you open it with.
    """
    now = SystemClock().now()
    with open_store(settings) as store:
        token = store.database.submit(lambda connection: issue_link(connection, now)).result()
    click.echo(f"{settings.base_url}/desk/open/{token}")
    click.echo(f"works once, for {LINK_WORKS.seconds // 60} minutes", err=True)
