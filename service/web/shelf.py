"""The shelf: what is published right now, in memory, rendered when it changes and never when it is read."""

from collections.abc import Callable
from datetime import UTC, datetime

from service.feed.atom import render_atom
from service.feed.event import render_event
from service.feed.listing import render_listing
from service.feed.selection import Selection
from service.schedule.series import Series
from service.schedule.version import Revision, Version
from service.web.place import Event, Place, Published, Render, set_out_document, set_out_session
from service.web.representation import Representation
from service.web.selected import SelectedFeed, SelectedFeeds

__all__ = ["Published", "Shelf"]


class Shelf:
    """Everything published, by slug. A series is replaced in one step, and only once what changed in it is rendered."""

    def __init__(self, render: Render = render_event) -> None:
        self._render = render
        self._selected = SelectedFeeds(render)
        self._places: dict[str, Place] = {}

    def put(
        self, series: Series, revision: Revision, *, now: datetime, stale_since: datetime | None = None
    ) -> Published:
        """Publish a revision as of `now`.

        Of a series that is here already, the sessions that changed are rendered, about 0.5 ms each; of a new one, none
        is before somebody asks (see `prepare`), so that thousands are published in no time.
        Call it again as time goes by, even for an unchanged revision: called-off sessions leave the feed some time
        after their day. Raises `ValueError` for a revision without any session: what is shown stays, because calendars
        would delete everything.
        """
        if not revision.versions:
            raise ValueError(f'the series "{series.slug}" has no session: its feed would be emptied')
        before = self._places.get(series.slug)
        events = self._list_events(series, revision.versions, before)
        shown = [event for event in events.values() if event.leaves_at is None or now < event.leaves_at]
        changed_at = _read_last_change(series, events, now)
        published = Published(
            series=series,
            versions=revision.versions,
            changed_at=changed_at,
            stale_since=stale_since,
            asides=revision.asides,
        )
        place = Place(published, events, shown)
        if before:
            place.follow(before, now)
        self._places[series.slug] = place
        return place.published

    def prepare(self, slug: str) -> None:
        """Make the feed of a series, if nobody asked for it before: some 0.5 ms a session, in any thread."""
        if place := self._places.get(slug):
            place.feed  # noqa: B018

    def ready(self, slug: str) -> Representation | None:
        """The answers of `/{slug}.ics` if they are made."""
        place = self._places.get(slug)
        return place.ready if place else None

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

    def _list_events(self, series: Series, versions: tuple[Version, ...], before: Place | None) -> dict[str, Event]:
        known = before.events if before and before.published.series == series else {}
        events: dict[str, Event] = {}
        for version in versions:
            event = known.get(version.uid)
            if event and (event.version is version or event.version == version):
                events[version.uid] = event
            elif version.session.meets:
                events[version.uid] = event = Event(version, series, self._render)
                if before:
                    event.render()
        return events


def _read_last_change(series: Series, events: dict[str, Event], now: datetime) -> datetime:
    """The last edit or departure, which is the same in every process; never in the future (RFC 9110 8.8.2.1)."""
    moment = max([series.modified, *(event.version.modified for event in events.values())])
    departures = [event.leaves_at for event in events.values() if event.leaves_at and event.leaves_at <= now]
    return min(max([moment, *departures]), now).astimezone(UTC).replace(microsecond=0)
