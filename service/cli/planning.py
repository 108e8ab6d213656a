"""`plan`: what will be sent, to how many, and when."""

import asyncio
import json
from dataclasses import astuple, dataclass
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
from service.reminders.occasion import Audience, Occasion, list_occasions
from service.schedule.version import Version
from service.settings import timing
from service.settings.values import Settings
from service.store.participants import Participant, State, list_all

__all__ = ["plan"]

_AHEAD: Final = timedelta(weeks=2)


@dataclass(frozen=True, slots=True)
class _Foreseen:
    """A reminder that will be sent to `count` people, as things are now."""

    series: str
    version: Version
    occasion: Occasion
    count: int

    @property
    def due(self) -> datetime:
        """When, on the readers' clock."""
        return self.occasion.due_at.astimezone(ZoneInfo(self.occasion.audience.timezone))


@click.command()
@click.option("--until", callback=read_option(timing.read_day), help="A day; else two weeks.")
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of objects.")
@configured
def plan(settings: Settings, until: date | None, as_json: bool) -> None:
    """Tell which reminders will be sent, when, and to how many."""
    now = SystemClock().now()
    last = datetime.combine(until, time.max, UTC) if until else now + _AHEAD
    found = [one for one in asyncio.run(_foresee(settings)) if now < one.occasion.due_at <= last]
    found.sort(key=lambda one: one.occasion.due_at)
    if as_json:
        click.echo(json.dumps([_describe(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        what = f"{one.series}: {one.version.session.title}"
        whom = " (speaking)" if one.occasion.speakers else ""
        click.echo(f"{one.due:%a %Y-%m-%d %H:%M %Z}  {one.occasion.rule:>4}  {one.count:>6} x  {what}{whom}")
    if not found:
        click.echo(f"no confirmed participant is owed a reminder until {last:%Y-%m-%d}")


async def _foresee(settings: Settings) -> list[_Foreseen]:
    found = []
    with open_store(settings) as store:
        shelf, refreshers = set_out_shelf(settings, store, SystemClock())
        for refresher, series in zip(refreshers, settings.series, strict=True):
            if not await refresher.restore():
                await refresher.refresh()
            published = shelf.published(series.slug)
            versions = {version.uid: version for version in published.versions} if published else {}
            everybody = await store.database.read(partial(list_all, series=series.slug))
            people = [one for one in everybody if one.state is State.CONFIRMED]
            audiences = sorted({_audience(one) for one in people}, key=astuple)
            rules = series.reminders, series.speaker_reminders
            for occasion in list_occasions(versions.values(), audiences, *rules):
                count = sum(_audience(one) == occasion.audience and _is_meant(one, occasion) for one in people)
                if count:
                    found.append(_Foreseen(series.slug, versions[occasion.session], occasion, count))
    return found


def _audience(person: Participant) -> Audience:
    return Audience(person.timezone, person.leads)


def _is_meant(person: Participant, occasion: Occasion) -> bool:
    return not occasion.speakers or person.name in occasion.speakers


def _describe(one: _Foreseen) -> dict[str, Any]:
    return {
        "series": one.series,
        "session": one.version.id,
        "title": one.version.session.title,
        "rule": one.occasion.rule,
        "speaking": bool(one.occasion.speakers),
        "due_at": one.due.isoformat(),
        "timezone": one.occasion.audience.timezone,
        "count": one.count,
    }
