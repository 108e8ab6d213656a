"""`participants`: who is registered, for the organiser's own hands. Nothing here sends a mail."""

import sys
from typing import TextIO

import click
from sqlalchemy import Connection

from service.app.store import Store, open_store
from service.cli.configured import configured
from service.cli.roster import Entry, check_entry, choose_series, read_roster, tell_choices, write_roster
from service.clock import SystemClock
from service.remediable import Remediable
from service.settings.values import Settings
from service.store.membership import add, confirm, remove
from service.store.participants import Participant, State, find, list_all
from service.store.wishes import bring_along

__all__ = ["participants"]


@click.group()
def participants() -> None:
    """List, add, import, export and remove participants."""


@participants.command(name="list")
@click.option("--series", help="Only those of one series.")
@configured
def list_(settings: Settings, series: str | None) -> None:
    """List who is registered."""
    now = SystemClock().now()
    for one in _list(settings, series):
        click.echo(f"{one.series}  {one.state:<12}  {one.address}  {one.name}  {one.language}  {one.timezone}")
        if choices := tell_choices(one, now):
            click.echo(f"    {choices}")


@participants.command(name="add")
@click.argument("email")
@click.option("--series", help="The slug; needed if there are several.")
@click.option("--name", default="")
@click.option("--language", help="A code like en; else the series' language.")
@click.option("--timezone", help="Like Asia/Seoul; else the series' time zone.")
@click.option("--confirmed", is_flag=True, required=True, help="You vouch that this person wants the mails.")
@configured
def add_(
    settings: Settings,
    email: str,
    series: str | None,
    name: str,
    language: str | None,
    timezone: str | None,
    confirmed: bool,
) -> None:
    """Add EMAIL as a confirmed participant."""
    row = {"email": email, "name": name, "series": series, "language": language, "timezone": timezone}
    entry = check_entry(row, settings, where=email)
    with open_store(settings) as store:
        store.database.submit(lambda connection: _enter(connection, store, entry)).result()
    click.echo(f"{entry.email} gets the reminders of {entry.series}")


@participants.command(name="import")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@configured
def import_(settings: Settings, file: TextIO) -> None:
    """Add all participants of a CSV file, or none.

    Its first line names the columns: email,name,series,language,timezone,state, and if you like what people have
    chosen: reminders,weekly_summary,invitations,paused_until. Only email must be there. Who has unsubscribed is left
    out, and who is confirmed already stays as they are.
    """
    entries = read_roster(file, settings, name=file.name)

    def enter_all_but_those_who_left(connection: Connection) -> int:
        staying = [entry for entry in entries if not _has_left(connection, entry)]
        _enter(connection, store, *staying)
        return len(staying)

    with open_store(settings) as store:
        count = store.database.submit(enter_all_but_those_who_left).result()
    click.echo(f"participants imported: {count}")
    if left_out := len(entries) - count:
        click.echo(
            f"left out, since they unsubscribed: {left_out} (`studybell participants add` takes in who asks for it)"
        )


@participants.command(name="export")
@click.option("--series", help="Only those of one series.")
@configured
def export(settings: Settings, series: str | None) -> None:
    """Write all participants as CSV."""
    write_roster(sys.stdout, _list(settings, series))


@participants.command(name="remove")
@click.argument("email")
@click.option("--series", help="The slug; needed if there are several.")
@configured
def remove_(settings: Settings, email: str, series: str | None) -> None:
    """Erase EMAIL from a series, with all that is known of it."""
    slug = choose_series(settings, series).slug
    with open_store(settings) as store:
        gone = store.database.submit(lambda connection: remove(connection, slug, [email], SystemClock().now())).result()
    if not gone:
        raise Remediable(f"{email} is not registered for {slug}; `studybell participants list` tells who is")
    click.echo(f"{email} is erased from {slug}")


def _list(settings: Settings, series: str | None) -> tuple[Participant, ...]:
    slug = choose_series(settings, series).slug if series else None
    with open_store(settings) as store:
        return store.database.submit(lambda connection: list_all(connection, slug)).result()


def _has_left(connection: Connection, entry: Entry) -> bool:
    present = find(connection, entry.series, entry.email)
    return present is not None and present.state in (State.UNSUBSCRIBED, State.SUPPRESSED)


def _enter(connection: Connection, store: Store, *entries: Entry) -> None:
    now = SystemClock().now()
    for entry in entries:
        present = find(connection, entry.series, entry.email)
        participant = add(
            connection,
            series=entry.series,
            address=entry.email,
            name=entry.name,
            language=entry.language,
            timezone=entry.timezone,
            state=entry.state,
            now=now,
        )
        if entry.choice and not (present and present.state is State.CONFIRMED):
            bring_along(connection, participant, entry.choice)
        if entry.state is State.CONFIRMED:
            confirm(connection, store.keys, participant, now)
