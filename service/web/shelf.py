"""The shelf: what is published right now, in memory, rendered when it changes and never when it is read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from service.feed.atom import render_atom
from service.feed.calendar import leaves_at, render_calendar
from service.feed.event import render_event
from service.feed.listing import render_listing
from service.feed.selection import Selection
from service.feed.style import PLAIN
from service.schedule.series import Series
from service.schedule.version import Revision, Version
from service.web.place import Event, Place, Published, set_out, set_out_document, set_out_session
from service.web.representation import Payload, Representation
from service.web.selected import Render, SelectedFeed, SelectedFeeds

__all__ = ["Published", "Shelf"]


class Shelf:
    """Everything published, by slug. A series is replaced in one step, and only once all of it is rendered."""

    def __init__(self, render: Render = render_event) -> None:
        self._render = render
        self._selected = SelectedFeeds(render)
        self._places: dict[str, Place] = {}

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
            same = (before.published.versions, before.published.series) == (revision.versions, series)
            others = before.others if same else {}
            self._places[series.slug] = replace(before, published=published, events=events, shown=shown, others=others)
        else:
            self._places[series.slug] = set_out(published, events, shown, payload)
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

    def select(self, slug: str, selection: Selection) -> SelectedFeed | None:
        """Some sessions of the feed, or all in another style; joined when first asked for after a change."""
        place = self._places.get(slug)
        return self._selected.find(place, selection) if place else None

    def session(self, slug: str, id: str) -> Representation | None:
        """The answers of `/{slug}/{id}.ics`: one session of the feed, joined when first asked for."""
        place = self._places.get(slug)
        if place is None:
            return None
        if id not in place.others:
            event = next((event for event in place.shown if event.version.id == id), None)
            if event is None:
                return None
            place.others[id] = set_out_session(place.published, event)
        return place.others[id]

    def atom(self, slug: str) -> Representation | None:
        """The answers of `/{slug}.atom`, rendered when first asked for after a change."""
        return self._tell(slug, "atom", "application/atom+xml; charset=utf-8", render_atom)

    def listing(self, slug: str) -> Representation | None:
        """The answers of `/{slug}.json`, rendered when first asked for after a change."""
        return self._tell(slug, "json", "application/json", render_listing)

    def _tell(
        self, slug: str, ending: str, media_type: str, render: Callable[[Series, tuple[Version, ...]], bytes]
    ) -> Representation | None:
        place = self._places.get(slug)
        if place is None:
            return None
        name = f".{ending}"  # no session's id begins with a dot
        if name not in place.others:
            place.others[name] = set_out_document(place, ending, media_type, render)
        return place.others[name]

    def _render_events(self, series: Series, versions: tuple[Version, ...], before: Place | None) -> dict[str, Event]:
        known = before.events if before and before.published.series == series else {}
        events: dict[str, Event] = {}
        for version in versions:
            event = known.get(version.uid)
            if event and (event.version is version or event.version == version):
                events[version.uid] = event
            elif version.session.meets:
                events[version.uid] = Event(version, self._render(version, series, PLAIN), leaves_at(version))
        return events


def _join(series: Series, shown: list[Event], before: Place | None) -> Payload:
    """The feed's payload; the one before if every event in it still is what it was."""
    if before and before.published.series == series and before.shown == shown:
        return before.feed.payload
    return Payload(render_calendar(series, [event.rendered for event in shown], [event.version for event in shown]))


def _date_change(
    series: Series, events: dict[str, Event], payload: Payload, before: Place | None, now: datetime
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
