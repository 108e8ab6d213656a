"""`deliveries`: the ledger, row by row, and a person's hand on it."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click
from sqlalchemy import Connection

from service.app.store import Store, open_store
from service.cli.configured import configured
from service.cli.story import Story, describe, lay_out_table
from service.clock import SystemClock
from service.remediable import Remediable
from service.settings.values import Settings
from service.store.amending import RETRIED, SETTLED_BY_HAND, could_retry, retry, settle_by_hand
from service.store.attempts import recall
from service.store.ledger import Delivery, DeliveryState, Kind, find, list_all, times

__all__ = ["deliveries"]

_for_programs = click.option("--json", "as_json", is_flag=True, help="For programs: a list of objects.")
_of_series = click.option("--series", help="Only those of one series.")


@click.group()
def deliveries() -> None:
    """Look into the ledger of all mails, sent and owed.

    And put right what went wrong.
    """


@deliveries.command(name="list")
@click.option("--state", "states", multiple=True, type=click.Choice(list(map(str, DeliveryState))), help="Only those.")
@_of_series
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(map(str, Kind))), help="Only those.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only those due since that day (UTC).")
@_for_programs
@configured
def list_(
    settings: Settings,
    states: Sequence[str],
    series: str | None,
    kinds: Sequence[str],
    since: datetime | None,
    as_json: bool,
) -> None:
    """List deliveries in the order they fell due."""
    look_up = partial(
        list_all,
        states=[DeliveryState(state) for state in states],
        series=series,
        kinds=[Kind(kind) for kind in kinds],
        since=since.replace(tzinfo=UTC) if since else None,
    )
    with open_store(settings) as store:
        rows = store.database.submit(look_up).result()
        _print(rows, store, settings, as_json=as_json)


@deliveries.command(name="show")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="For programs: an object.")
@configured
def show(settings: Settings, number: int, as_json: bool) -> None:
    """Tell everything about the delivery NUMBER."""

    def look_up(connection: Connection) -> Story:
        row = find(connection, number)
        if row is None:
            raise Remediable(f"there is no delivery {number}; `studybell deliveries list` shows what there is")
        return Story(row, *times(connection, number), recall(connection, number))

    with open_store(settings) as store:
        story = store.database.submit(look_up).result()
        if as_json:
            click.echo(json.dumps(story.describe(store.keys, settings), ensure_ascii=False, indent=2))
        else:
            click.echo("\n".join(story.tell(store.keys, settings)))


@deliveries.command(name="retry")
@click.argument("numbers", type=int, nargs=-1)
@click.option("--state", type=click.Choice(list(map(str, RETRIED))), help="All in that state that are still of use.")
@_of_series
@_for_programs
@configured
def retry_(settings: Settings, numbers: Sequence[int], state: str | None, series: str | None, as_json: bool) -> None:
    """Send the deliveries NUMBERS after all.

    Or all that are in one --state. Nothing is sent again that was sent for sure, nor when its session has begun.
    """
    if bool(numbers) == bool(state):
        raise click.UsageError("name deliveries by their numbers, or a --state")
    now = SystemClock().now()

    def plan_anew(connection: Connection) -> list[Delivery]:
        rows = list_all(connection, [DeliveryState(state)], series=series) if state else []
        chosen = numbers or [row.id for row in rows if could_retry(row, now)]
        return [retry(connection, number, now) for number in chosen]

    before = _amend(settings, plan_anew, as_json=as_json)
    if not as_json:
        click.echo(f"planned anew: {len(before)}; they are sent as soon as mails leave")
        if doubted := sum(row.state is DeliveryState.UNCERTAIN for row in before):
            click.echo(f"of these may arrive a second time, for they were in doubt: {doubted}")


@deliveries.command(name="settle")
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--as", "state", type=click.Choice(list(map(str, SETTLED_BY_HAND))), required=True, help="What became.")
@click.option("--because", required=True, help="How you know, for the ledger.")
@_for_programs
@configured
def settle_(settings: Settings, numbers: Sequence[int], state: str, because: str, as_json: bool) -> None:
    """Close the deliveries NUMBERS by hand.

    Because you know what became of them. Nothing is sent.
    """
    now = SystemClock().now()

    def close(connection: Connection) -> list[Delivery]:
        return [settle_by_hand(connection, number, DeliveryState(state), because, now) for number in numbers]

    before = _amend(settings, close, as_json=as_json)
    if not as_json:
        click.echo(f"closed as {state}: {len(before)}")


def _amend(settings: Settings, work: Callable[[Connection], list[Delivery]], *, as_json: bool) -> list[Delivery]:
    """Lay hand on all or none; the deliveries as they were."""

    def lay_hand(connection: Connection) -> tuple[list[Delivery], list[Delivery]]:
        before = work(connection)
        return before, [row for one in before if (row := find(connection, one.id))]

    with open_store(settings) as store:
        before, after = store.database.submit(lay_hand).result()
        if as_json:
            _print(after, store, settings, as_json=True)
    return before


def _print(rows: Sequence[Delivery], store: Store, settings: Settings, *, as_json: bool) -> None:
    if as_json:
        objects: list[dict[str, Any]] = [describe(row, store.keys, settings) for row in rows]
        click.echo(json.dumps(objects, ensure_ascii=False, indent=2))
        return
    for line in lay_out_table(rows, settings):
        click.echo(line)
