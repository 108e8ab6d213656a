"""A place on the shelf: one published series with its events and the answers made of them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from service.feed.calendar import render_calendar
from service.schedule.series import Series
from service.schedule.version import Version
from service.web.representation import Payload, Representation, name_file

__all__ = ["Event", "Place", "Published", "set_out", "set_out_document", "set_out_session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A series as everybody sees it: all its versions, withdrawn ones last.

    `changed_at` is since when its feed is what it is (UTC, whole seconds); `stale_since` is set while the source
    cannot be read and this is the last good version.
    """

    series: Series
    versions: tuple[Version, ...]
    changed_at: datetime
    stale_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A version's VEVENT and when it leaves the feed, if it does."""

    version: Version
    rendered: bytes
    leaves_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """One series' place on the shelf: its `events` by uid, those `shown`, and the answers; `others` grow on demand."""

    published: Published
    events: dict[str, Event]
    shown: list[Event]
    feed: Representation
    download: Representation
    others: dict[str, Representation] = field(default_factory=dict)

    @property
    def told(self) -> tuple[Version, ...]:
        """What other programs are told of: all versions but those that were withdrawn and have left the feed."""
        shown = {event.version.uid for event in self.shown}
        return tuple(version for version in self.published.versions if not version.withdrawn or version.uid in shown)


def set_out(published: Published, events: dict[str, Event], shown: list[Event], payload: Payload) -> Place:
    """The place of a series whose feed is `payload`."""
    slug, title = published.series.slug, published.series.title
    feed = Representation(
        payload=payload,
        modified=published.changed_at,
        disposition=name_file("inline", slug, title),
        stale_since=published.stale_since,
    )
    return Place(published, events, shown, feed, replace(feed, disposition=name_file("attachment", slug, title)))


def set_out_document(
    place: Place, ending: str, media_type: str, render: Callable[[Series, tuple[Version, ...]], bytes]
) -> Representation:
    """The answers that tell another program of the whole series. Nothing but the tag says what is current: parts that
    no calendar shows can change at another time than the feed.
    """
    series = place.published.series
    return Representation(
        payload=Payload(render(series, place.told)),
        modified=None,
        disposition=name_file("inline", series.slug, series.title, ending),
        stale_since=place.published.stale_since,
        media_type=media_type,
    )


def set_out_session(published: Published, event: Event) -> Representation:
    """The answers that hand over one session as a file."""
    series, version = published.series, event.version
    return Representation(
        payload=Payload(render_calendar(series, [event.rendered], [version])),
        modified=published.changed_at,
        disposition=name_file("attachment", f"{series.slug}-{version.id}", version.session.title),
        stale_since=published.stale_since,
    )
