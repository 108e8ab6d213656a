"""Examining the sources: whether each schedule can be read now, and what is published of it."""

import asyncio
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from service.app.finding import Finding, Grade, Installation
from service.app.publishing import watch_series
from service.remediable import Remediable
from service.settings.values import SeriesSettings
from service.store.revisions import Stored, load
from service.worker.understanding import understand

__all__ = ["examine_sources"]


async def examine_sources(installation: Installation) -> list[Finding]:
    """Each series' schedule, asked for anew, and its last good version."""
    return list(await asyncio.gather(*(_examine(one, installation) for one in installation.settings.series)))


async def _examine(one: SeriesSettings, installation: Installation) -> Finding:
    stored = await installation.store.database.read(partial(load, slug=one.slug))
    watched = watch_series(one, installation.settings)
    try:
        reading = await watched.source.read()
        schedule = await asyncio.to_thread(understand, reading, watched) if reading else None
    except Remediable as trouble:
        zone = one.cadence.timezone
        return Finding(Grade.WRONG, one.slug, str(trouble), _tell_last_good(stored, zone))
    if stored and stored.trouble:
        return Finding(Grade.WARNING, one.slug, stored.trouble, _tell_last_good(stored, one.cadence.timezone))
    count = len(schedule.sessions) if schedule else 0
    ahead = _find_next(stored, installation.clock.now())
    return Finding(Grade.OK, one.slug, f"{count} sessions in {one.source}; {ahead}")


def _tell_last_good(stored: Stored | None, zone: ZoneInfo) -> str:
    if stored is None:
        return "nothing was ever published of it"
    return f"the version of {stored.changed_at.astimezone(zone):%Y-%m-%d %H:%M} stays published until that is mended"


def _find_next(stored: Stored | None, now: datetime) -> str:
    if stored is None:
        return "not published yet: `studybell serve` does that"
    starts = [one.session.when.starts for one in stored.revision.versions if one.session.when and not one.withdrawn]
    coming = [start for start in starts if start > now]
    return f"the next is on {min(coming):%Y-%m-%d %H:%M %Z}" if coming else "all are over"
