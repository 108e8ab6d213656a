"""The shelf: what is published right now, in memory, rendered when it changes and never when it is read."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from service.feed.calendar import leaves_at, render_calendar
from service.feed.event import render_event
from service.schedule.series import Series
from service.schedule.version import Revision, Version
from service.web.representation import Payload, Representation, name_file

__all__ = ["Published", "Shelf"]


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
class _Event:
    """A version's VEVENT and when it leaves the feed, if it does."""

    version: Version
    rendered: bytes
    leaves_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Place:
    """One series' place on the shelf: its `events` by uid, those `shown`, and the answers; `single` grows on demand."""

    published: Published
    events: dict[str, _Event]
    shown: list[_Event]
    feed: Representation
    download: Representation
    single: dict[str, Representation] = field(default_factory=dict)


class Shelf:
    """Everything published, by slug. A series is replaced in one step, and only once all of it is rendered."""

    def __init__(self, render: Callable[[Version, Series], bytes] = render_event) -> None:
        self._render = render
        self._places: dict[str, _Place] = {}

    def put(
        self, series: Series, revision: Revision, *, now: datetime, stale_since: datetime | None = None
    ) -> Published:
        """Publish a revision as of `now`. Only sessions that changed are rendered, about 0.5 ms each.

        Thousands of new sessions belong into a thread. Call it again as time goes by, even for an unchanged
        revision: called-off sessions leave the feed some time after their day. Raises `ValueError` for a revision
        without any session: what is shown stays, because calendars would delete everything.
        """
        if not revision.versions:
            raise ValueError(f'the series "{series.slug}" has no session: its feed would be emptied')
        before = self._places.get(series.slug)
        events = self._render_events(series, revision.versions, before)
        shown = [event for event in events.values() if event.leaves_at is None or now < event.leaves_at]
        payload = _join(series, shown, before)
        published = Published(
            series=series,
            versions=revision.versions,
            changed_at=_date_change(series, events, payload, before, now),
            stale_since=stale_since,
        )
        if before and (payload, stale_since) == (before.feed.payload, before.published.stale_since):
            self._places[series.slug] = replace(before, published=published, events=events, shown=shown)
        else:
            self._places[series.slug] = _set_out(published, events, shown, payload)
        return published

    def published(self, slug: str) -> Published | None:
        """What is published under a slug."""
        place = self._places.get(slug)
        return place.published if place else None

    def slugs(self) -> tuple[str, ...]:
        """The slugs of all published series, in the order they first came."""
        return tuple(self._places)

    def feed(self, slug: str) -> Representation | None:
        """The answers of `/{slug}.ics`."""
        place = self._places.get(slug)
        return place.feed if place else None

    def download(self, slug: str) -> Representation | None:
        """The answers of `/{slug}/download.ics`: the feed's bytes as an attachment."""
        place = self._places.get(slug)
        return place.download if place else None

    def session(self, slug: str, id: str) -> Representation | None:
        """The answers of `/{slug}/{id}.ics`: one session of the feed, joined when first asked for."""
        place = self._places.get(slug)
        if place is None:
            return None
        if id not in place.single:
            event = next((event for event in place.shown if event.version.id == id), None)
            if event is None:
                return None
            place.single[id] = _set_out_single(place.published, event)
        return place.single[id]

    def _render_events(self, series: Series, versions: tuple[Version, ...], before: _Place | None) -> dict[str, _Event]:
        known = before.events if before and before.published.series == series else {}
        events: dict[str, _Event] = {}
        for version in versions:
            event = known.get(version.uid)
            if event and (event.version is version or event.version == version):
                events[version.uid] = event
            elif version.session.meets:
                events[version.uid] = _Event(version, self._render(version, series), leaves_at(version))
        return events


def _join(series: Series, shown: list[_Event], before: _Place | None) -> Payload:
    """The feed's payload; the one before if every event in it still is what it was."""
    if before and before.published.series == series and before.shown == shown:
        return before.feed.payload
    return Payload(render_calendar(series, [event.rendered for event in shown], [event.version for event in shown]))


def _date_change(
    series: Series, events: dict[str, _Event], payload: Payload, before: _Place | None, now: datetime
) -> datetime:
    """Since when the feed is what it is: the last edit or departure, which is the same in every process.

    It rises with every change, and is never in the future (RFC 9110 8.8.2.1).
    """
    if before and before.feed.payload == payload:
        return before.published.changed_at
    edits = [series.modified, *(event.version.modified for event in events.values())]
    departures = [event.leaves_at for event in events.values() if event.leaves_at and event.leaves_at <= now]
    moment = max([*edits, *departures], default=now)
    if before and moment <= before.published.changed_at:
        moment = now
    return min(moment, now).astimezone(UTC).replace(microsecond=0)


def _set_out(published: Published, events: dict[str, _Event], shown: list[_Event], payload: Payload) -> _Place:
    slug, title = published.series.slug, published.series.title
    feed = Representation(
        payload=payload,
        modified=published.changed_at,
        disposition=name_file("inline", slug, title),
        stale_since=published.stale_since,
    )
    return _Place(published, events, shown, feed, replace(feed, disposition=name_file("attachment", slug, title)))


def _set_out_single(published: Published, event: _Event) -> Representation:
    series, version = published.series, event.version
    return Representation(
        payload=Payload(render_calendar(series, [event.rendered], [version])),
        modified=published.changed_at,
        disposition=name_file("attachment", f"{series.slug}-{version.id}", version.session.title),
        stale_since=published.stale_since,
    )
