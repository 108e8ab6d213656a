"""`deliveries`: the ledger, row by row."""

import json
from typing import Any

import click

from service.app.store import open_store
from service.cli.configured import configured
from service.messages.message_id import message_id
from service.remediable import Remediable
from service.settings.values import Settings
from service.store.keys import Keys
from service.store.ledger import Delivery, DeliveryState, find, list_all

__all__ = ["deliveries"]


@click.group()
def deliveries() -> None:
    """Look into the ledger of all mails, sent and owed."""


@deliveries.command(name="list")
@click.option("--state", type=click.Choice([str(state) for state in DeliveryState]), help="Only those in one state.")
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of objects.")
@configured
def list_(settings: Settings, state: str | None, as_json: bool) -> None:
    """List deliveries in the order they fell due."""
    states = (DeliveryState(state),) if state else ()
    with open_store(settings) as store:
        rows = store.database.submit(lambda connection: list_all(connection, states)).result()
        if as_json:
            click.echo(json.dumps([_describe(row, store.keys, settings) for row in rows], ensure_ascii=False, indent=2))
            return
    for row in rows:
        doubt = " (was in doubt)" if row.doubts else ""
        about = f"{row.kind} {row.rule}".strip()
        click.echo(f"{row.id:>6}  {row.due_at:%Y-%m-%d %H:%M}  {row.state:<9}  {about:<14}  {row.address}{doubt}")
        if row.reason:
            click.echo(f"        {row.reason}")


@deliveries.command(name="show")
@click.argument("number", type=int)
@configured
def show(settings: Settings, number: int) -> None:
    """Tell everything about the delivery NUMBER."""
    with open_store(settings) as store:
        row = store.database.submit(lambda connection: find(connection, number)).result()
        if row is None:
            raise Remediable(f"there is no delivery {number}; `studybell deliveries list` shows what there is")
        for name, value in _describe(row, store.keys, settings).items():
            click.echo(f"{name:<12} {value}")


def _describe(row: Delivery, keys: Keys, settings: Settings) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "series": row.series,
        "session": row.session.partition("@")[0] or None,
        "email": row.address,
        "rule": row.rule or None,
        "due_at": row.due_at.isoformat(),
        "state": row.state,
        "reason": row.reason,
        "attempts": row.attempts,
        "uncertain": row.doubts > 0,
        "message_id": message_id(keys.secret, row.key, settings.host),
    }
