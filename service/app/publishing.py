"""Publishing: for every series of the settings, who reads its document and where it is shown."""

import asyncio
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Final

from service.app.store import Store
from service.clock import Clock
from service.feed.event import RENDERING
from service.remediable import Remediable
from service.resources import date_program
from service.schedule.series import Series
from service.settings.values import SeriesSettings, Settings
from service.sources.file import FileSource
from service.sources.reading import Source
from service.store.revisions import Stored
from service.web.shelf import Shelf
from service.worker.refreshing import Refresher
from service.worker.understanding import Watched

__all__ = ["UnknownSeries", "announce_house", "announce_series", "find_source", "set_out_shelf", "watch_series"]

_NEVER: Final = datetime.fromtimestamp(0, UTC)


class UnknownSeries(Remediable):
    """There is no series of that name to be had."""

    def __init__(self, slug: str, settings: Settings) -> None:
        known = ", ".join(series.slug for series in settings.series)
        super().__init__(f'there is no schedule "{slug}" to read: the settings have {known}; or name a file')


def set_out_shelf(settings: Settings, store: Store, clock: Clock) -> tuple[Shelf, list[Refresher]]:
    """An empty shelf, and for every series whoever puts on it what its document says."""
    shelf, known = Shelf(), {one.slug: one for one in settings.series}

    def publish(slug: str, stored: Stored) -> None:
        series = announce_series(known[slug], settings, stored)
        shelf.put(series, stored.content, now=clock.now(), stale_since=stored.broken_since)

    watched = [watch_series(one, settings) for one in settings.series]
    turn = asyncio.Lock()  # many documents at once would each take its share from whoever asks for a feed
    return shelf, [Refresher(one, store.database, publish, clock.now, turn) for one in watched]


def watch_series(one: SeriesSettings, settings: Settings) -> Watched:
    """How the document of a series is read. Raises `SourceTrouble` for an address that must not be asked."""
    return Watched(
        slug=one.slug,
        source=find_source(one, settings),
        cadence=one.cadence,
        year=one.year,
        namespace=f"{settings.host}/{one.slug}",
        presentation=_present(one, settings),
        grounds=_digest_grounds(one, settings),
        has_organiser=bool(settings.organizer),
    )


def _present(one: SeriesSettings, settings: Settings) -> str:
    return f"{RENDERING} {announce_series(one, settings)!r}"


def _digest_grounds(one: SeriesSettings, settings: Settings) -> str:
    """A digest of all that a document of this series is understood by: its settings and the program that reads it.

    Public holidays are a library's, and change with it.
    """
    cadence = one.cadence
    free = cadence.holidays, _date_holidays() if cadence.holidays else ""
    every = sorted(cadence.every) if isinstance(cadence.every, frozenset) else cadence.every
    rule = cadence.timezone, cadence.starts_on, cadence.starts_at, cadence.duration, every, sorted(cadence.skip)
    grounds = rule, free, cadence.on_skip, one.source, one.year, _present(one, settings), date_program("schedule")
    return sha256(repr(grounds).encode()).hexdigest()


@cache
def _date_holidays() -> str:
    return version("holidays")


def find_source(one: SeriesSettings, settings: Settings) -> Source:
    """Where the document of a series stands."""
    if "://" in one.source:
        # An HTTP client takes a tenth of a second to import; most documents are files.
        from service.sources.reach import Reach
        from service.sources.url import UrlSource

        return UrlSource(one.source, reach=Reach(allowed_networks=settings.source_networks))
    return FileSource(settings.folder / one.source)


def announce_series(one: SeriesSettings, settings: Settings, stored: Stored | None = None) -> Series:
    """What readers are told of a series: its settings' words first, then its document's."""
    return Series(
        slug=one.slug,
        title=one.title or (stored.title if stored else "") or one.slug,
        language=one.language or (stored.language if stored else "") or settings.language,
        timezone=str(one.cadence.timezone),
        url=f"{settings.base_url}/{one.slug}",
        location=one.location,
        join_url=one.join_url,
        modified=stored.presented_at.replace(microsecond=0) if stored else _NEVER,
    )


def announce_house(settings: Settings) -> Series:
    """The whole service, for mails to the organiser that are about no series in particular."""
    timezone = str(settings.series[0].cadence.timezone) if settings.series else "UTC"
    return Series(slug="", title=settings.host, language=settings.language, timezone=timezone, url=settings.base_url)
