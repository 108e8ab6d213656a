"""`plan`: what will be sent, to how many, and when."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from service.app.publishing import set_out_shelf
from service.app.store import open_store
from service.cli.bare import read_option
from service.cli.configured import configured
from service.clock import SystemClock
from service.reminders.occasion import Audience
from service.reminders.outlook import Absence, Crowd, Foreseen, foresee
from service.settings import timing
from service.settings.values import Settings
from service.store.participants import Participant, State, list_all

__all__ = ["plan"]

_AHEAD: Final = timedelta(weeks=2)


@click.command()
@click.option("--until", callback=read_option(timing.read_day), help="A day; else two weeks.")
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of objects.")
@configured
def plan(settings: Settings, until: date | None, as_json: bool) -> None:
    """Tell which reminders will be sent, when, and to how many."""
    now = SystemClock().now()
    last = datetime.combine(until, time.max, UTC) if until else now + _AHEAD
    found = [(slug, one) for slug, one in asyncio.run(_foresee(settings)) if now < one.occasion.due_at <= last]
    found.sort(key=lambda pair: pair[1].occasion.due_at)
    if as_json:
        click.echo(json.dumps([_describe(slug, one) for slug, one in found], ensure_ascii=False, indent=2))
        return
    for slug, one in found:
        what = f"{slug}: {one.version.session.title}"
        whom = " (speaking)" if one.occasion.speakers else ""
        click.echo(f"{_tell_due(one):%a %Y-%m-%d %H:%M %Z}  {one.occasion.rule:>8}  {one.count:>6} x  {what}{whom}")
    if not found:
        click.echo(f"no confirmed participant is owed a reminder until {last:%Y-%m-%d}")


async def _foresee(settings: Settings) -> list[tuple[str, Foreseen]]:
    """Every reminder that anybody is owed, past and future, with the slug of its series."""
    found = []
    with open_store(settings) as store:
        shelf, refreshers = set_out_shelf(settings, store, SystemClock())
        for refresher, series in zip(refreshers, settings.series, strict=True):
            if not await refresher.restore():
                await refresher.refresh()
            published = shelf.published(series.slug)
            versions = published.versions if published else ()
            crowd = _count(await store.database.read(partial(list_all, series=series.slug)))
            ahead = foresee(versions, crowd, series.reminders, series.speaker_reminders)
            found += [(series.slug, one) for one in ahead]
    return found


def _count(people: Iterable[Participant]) -> Crowd:
    confirmed = [one for one in people if one.state is State.CONFIRMED]
    named = Counter((Audience(one.timezone, one.leads), one.name) for one in confirmed)
    absent = [
        Absence(audience=Audience(one.timezone, one.leads), name=one.name, until=one.paused_until)
        for one in confirmed
        if one.paused_until
    ]
    return Crowd(Counter(Audience(one.timezone, one.leads) for one in confirmed), named, absent)


def _tell_due(one: Foreseen) -> datetime:
    """When, on the readers' clock."""
    return one.occasion.due_at.astimezone(ZoneInfo(one.occasion.audience.timezone))


def _describe(slug: str, one: Foreseen) -> dict[str, Any]:
    return {
        "series": slug,
        "session": one.version.id,
        "title": one.version.session.title,
        "rule": one.occasion.rule,
        "speaking": bool(one.occasion.speakers),
        "due_at": _tell_due(one).isoformat(),
        "timezone": one.occasion.audience.timezone,
        "count": one.count,
    }
