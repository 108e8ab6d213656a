"""`feed`: the calendar that a schedule becomes, as a file."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from service.app.publishing import UnknownSeries, set_out_shelf
from service.app.store import open_store
from service.cli.bare import Terms, read_schedule, series_options
from service.cli.configured import find_settings
from service.clock import SystemClock
from service.feed.calendar import render_calendar
from service.feed.event import render_event
from service.remediable import Remediable
from service.schedule.identity import revise
from service.schedule.series import Series
from service.settings.values import Settings

__all__ = ["feed"]


@click.command()
@click.argument("series")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to the screen.")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The settings.")
@series_options
def feed(series: str, output: Path | None, config: Path | None, terms: Terms, told: bool) -> None:
    """Write the calendar of a series, or of a schedule file.

    SERIES is a slug of the settings, or the path of a schedule.
    """
    file = Path(series)
    if told or file.suffix:  # no slug has a dot
        calendar = _of_document(file, terms)
    else:
        calendar = asyncio.run(_of_settings(find_settings(config), series))
    if output is None:
        sys.stdout.buffer.write(calendar)
    else:
        output.write_bytes(calendar)


async def _of_settings(settings: Settings, slug: str) -> bytes:
    with open_store(settings) as store:
        shelf, refreshers = set_out_shelf(settings, store, SystemClock())
        for refresher in refreshers:
            if refresher.slug == slug and not await refresher.restore():
                await refresher.refresh()
        calendar = shelf.feed(slug)
    if slug not in {one.slug for one in settings.series}:
        raise UnknownSeries(slug, settings)
    if calendar is None:
        raise Remediable(f"{slug} has never been published; `studybell check` tells what is wrong with its schedule")
    return calendar.plain.body


def _of_document(file: Path, terms: Terms) -> bytes:
    """The calendar of a bare document: its events are as old as the file, its page is not known."""
    schedule = read_schedule(file, terms)
    if not schedule.is_sound:
        raise Remediable(f"{file} cannot become a calendar as it is; `studybell check {file}` tells why")
    written = datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
    versions = revise((), schedule, namespace=f"localhost/{file.stem}", minted=0, now=written).versions
    series = Series(
        slug=file.stem,
        title=schedule.title or file.stem,
        language=schedule.language or "en",
        timezone=schedule.timezone,
        url="",
    )
    return render_calendar(series, [render_event(version, series) for version in versions], versions)
