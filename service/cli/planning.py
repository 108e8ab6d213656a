"""`plan`: what will be sent, to how many, and when."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final

import click
from sqlalchemy import Connection

from service.app.publishing import announce_house, set_out_shelf
from service.app.store import open_store
from service.cli.ahead import Mails, Span, foresee_digests, foresee_invitations, foresee_reminder, tell_queue
from service.cli.bare import read_option
from service.cli.configured import configured
from service.clock import SystemClock
from service.reminders.calendar_entry import CalendarEntry, list_entries
from service.reminders.occasion import Audience
from service.reminders.outlook import Absence, Crowd, foresee
from service.schedule.version import Version
from service.settings import timing
from service.settings.values import SeriesSettings, Settings
from service.store.inviting import count_invitations
from service.store.overview import list_queues
from service.store.participants import Participant, State, list_all

__all__ = ["plan"]

_AHEAD: Final = timedelta(weeks=2)


@click.command()
@click.option("--until", callback=read_option(timing.read_day), help="A day; else two weeks.")
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of objects.")
@configured
def plan(settings: Settings, until: date | None, as_json: bool) -> None:
    """Tell which mails will be sent, when, and to how many.

    Those that wait to be sent, and those that will be owed: reminders, weekly summaries and invitations.
    """
    now = SystemClock().now()
    span = Span(now, datetime.combine(until, time.max, UTC) if until else now + _AHEAD)
    found = sorted(asyncio.run(_look_ahead(settings, span)), key=lambda one: one.due_at)
    if as_json:
        click.echo(json.dumps([one.describe() for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(one.tell())
    if not found:
        click.echo(f"nobody is owed a mail until {span.last:%Y-%m-%d}")


async def _look_ahead(settings: Settings, span: Span) -> list[Mails]:
    """All mails that wait, or will be owed until the end of the span."""
    found = []
    versions: dict[str, Sequence[Version]] = {}
    with open_store(settings) as store:
        shelf, refreshers = set_out_shelf(settings, store, SystemClock())
        for refresher, series in zip(refreshers, settings.series, strict=True):
            if not await refresher.restore():
                await refresher.refresh()
            published = shelf.published(series.slug)
            versions[series.slug] = published.versions if published else ()
            found += await store.database.read(
                partial(_foresee, series=series, versions=versions[series.slug], span=span)
            )
        zones = {one.slug: str(one.cadence.timezone) for one in settings.series}
        for queue in await store.database.read(list_queues):
            if queue.next_at <= span.last:
                zone = zones.get(queue.series, announce_house(settings).timezone)
                found.append(tell_queue(queue, versions.get(queue.series, ()), zone))
    return found


def _foresee(connection: Connection, series: SeriesSettings, versions: Sequence[Version], span: Span) -> list[Mails]:
    """What people will be owed of a series."""
    people = list_all(connection, series.slug)
    ahead = foresee(versions, _count(people), series.reminders, series.speaker_reminders)
    found = [foresee_reminder(series.slug, one) for one in ahead if span.holds(one.occasion.due_at)]
    found += foresee_digests(series.slug, versions, people, span)
    by_uid = {one.uid: one for one in versions}
    for entry in list_entries(versions, span.now):
        for turn, count in _count_turns(connection, series.slug, entry, span):
            found.append(foresee_invitations(series.slug, by_uid[entry.session], turn, count))
    return found


def _count_turns(
    connection: Connection, series: str, entry: CalendarEntry, span: Span
) -> Iterator[tuple[datetime, int]]:
    """When people will be owed an invitation, and how many more then."""
    before = 0
    for turn in sorted({entry.settled_at, entry.near_at}):
        if span.holds(turn) and entry.is_due(turn):
            count = count_invitations(connection, series, entry, turn)
            if count > before:
                yield turn, count - before
            before = count


def _count(people: Iterable[Participant]) -> Crowd:
    confirmed = [one for one in people if one.state is State.CONFIRMED]
    named = Counter((Audience(one.timezone, one.leads), one.name) for one in confirmed)
    absent = [
        Absence(audience=Audience(one.timezone, one.leads), name=one.name, until=one.paused_until)
        for one in confirmed
        if one.paused_until
    ]
    return Crowd(Counter(Audience(one.timezone, one.leads) for one in confirmed), named, absent)
