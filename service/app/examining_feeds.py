"""Examining the feeds: whether another program reads in each what its schedule says."""

import asyncio
from functools import partial

from service.app.finding import Finding, Grade, Installation
from service.app.publishing import announce_series
from service.feed.calendar import listed, render_calendar
from service.feed.event import render_event
from service.feed.reading import read_back
from service.store.revisions import load

__all__ = ["examine_feeds"]


async def examine_feeds(installation: Installation) -> list[Finding]:
    """Each feed that is published, read back by the library icalendar."""
    settings, now, found = installation.settings, installation.clock.now(), []
    for one in settings.series:
        if (stored := await installation.store.database.read(partial(load, slug=one.slug))) is None:
            continue  # of which its source is told already
        series, versions = announce_series(one, settings, stored), listed(stored.revision.versions, now)
        calendar = render_calendar(series, [render_event(version, series) for version in versions], versions)
        differences = await asyncio.to_thread(read_back, calendar, versions, series)
        advice = f"keep what `studybell feed {one.slug}` writes, and tell the authors of studybell"
        words = f"{len(versions)} sessions in the feed of {one.slug}, and icalendar reads them alike"
        found += [Finding(Grade.WRONG, "feed", f"{one.slug}: {words}", advice) for words in differences]
        found += [] if differences else [Finding(Grade.OK, "feed", words)]
    return found
