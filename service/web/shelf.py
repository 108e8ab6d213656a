"""The shelf: what is published right now, in memory, rendered when it changes and never when it is read."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock

from service.feed.atom import render_atom
from service.feed.event import render_event
from service.feed.listing import render_listing
from service.feed.selection import Selection
from service.schedule.series import Series
from service.schedule.version import Revision, Version
from service.store.kept import Kept
from service.web.place import Event, Place, Published, Render, set_out_document, set_out_session
from service.web.representation import Representation
from service.web.selected import SelectedFeed, SelectedFeeds

__all__ = ["Published", "Shelf"]


class Shelf:
    """Everything published, by slug. A series is replaced in one step, and only once what changed in it is rendered."""

    def __init__(self, render: Render = render_event) -> None:
        self._render = render
        self._selected = SelectedFeeds(render)
        self._published: dict[str, Published] = {}
        self._places: dict[str, Place] = {}
        self._placing = Lock()

    def put(
        self, series: Series, content: Revision | Kept, *, now: datetime, stale_since: datetime | None = None
    ) -> Published:
        """Publish a revision as of `now`.

        Of an edited series, the sessions that changed are rendered, about 0.5 ms each; of a new one, nothing is even
        read before somebody asks (see `prepare`), so that thousands are published in no time.
        Call it again as time goes by, even for an unchanged revision: called-off sessions leave the feed some time
        after their day. Raises `ValueError` for a revision without any session: what is shown stays, because calendars
        would delete everything.
        """
        published = Published(series=series, content=content, as_of=now, stale_since=stale_since)
        if isinstance(content, Revision) and not content.versions:
            raise ValueError(f'the series "{series.slug}" has no session: its feed would be emptied')
        known = self._published.get(series.slug)
        is_edit = known is not None and known.content is not content
        before = self._find(series.slug) if is_edit else self._places.get(series.slug)
        place = self._lay_out(published, before) if before else None
        with self._placing:
            self._published[series.slug] = published
            self._places.pop(series.slug, None)
            if place:
                self._places[series.slug] = place
        return published

    def prepare(self, slug: str) -> None:
        """Make the feed of a series, if nobody asked for it before: some 0.5 ms a session, in any thread."""
        if place := self._find(slug):
            place.feed  # noqa: B018

    def ready(self, slug: str) -> Representation | None:
        """The answers of `/{slug}.ics` if they are made."""
        place = self._places.get(slug)
        return place.ready if place else None

    def published(self, slug: str) -> Published | None:
        """What is published under a slug."""
        return self._published.get(slug)

    def slugs(self) -> tuple[str, ...]:
        """The slugs of all published series, in the order they first came."""
        return tuple(self._published)

    def feed(self, slug: str) -> Representation | None:
        """The answers of `/{slug}.ics`."""
        place = self._find(slug)
        return place.feed if place else None

    def download(self, slug: str) -> Representation | None:
        """The answers of `/{slug}/download.ics`: the feed's bytes as an attachment."""
        place = self._find(slug)
        return place.download if place else None

    def select(self, slug: str, selection: Selection) -> SelectedFeed | None:
        """Some sessions of the feed, or all in another style; joined when first asked for after a change."""
        place = self._find(slug)
        return self._selected.find(place, selection) if place else None

    def session(self, slug: str, id: str) -> Representation | None:
        """The answers of `/{slug}/{id}.ics`: one session of the feed, joined when first asked for."""
        place = self._find(slug)
        if place is None:
            return None
        if id not in place.others:
            event = next((event for event in place.shown if event.version.id == id), None)
            if event is None:
                return None
            place.others[id] = set_out_session(place, event)
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
        place = self._find(slug)
        if place is None:
            return None
        name = f".{ending}"  # no session's id begins with a dot
        if name not in place.others:
            place.others[name] = set_out_document(place, ending, media_type, render)
        return place.others[name]

    def _find(self, slug: str) -> Place | None:
        """The place of a series, laid out when somebody first asks for it; in any thread."""
        place, published = self._places.get(slug), self._published.get(slug)
        if place is None and published is not None:
            place = self._lay_out(published, None)
            with self._placing:
                if self._published[slug] is published:  # nothing newer was put meanwhile
                    place = self._places.setdefault(slug, place)
        return place

    def _lay_out(self, published: Published, before: Place | None) -> Place:
        now = published.as_of
        events = self._list_events(published, before)
        shown = [event for event in events.values() if event.leaves_at is None or now < event.leaves_at]
        place = Place(published, events, shown, _read_last_change(published.series, events, now))
        if before:
            place.follow(before)
        return place

    def _list_events(self, published: Published, before: Place | None) -> dict[str, Event]:
        series = published.series
        known = before.events if before and before.published.series == series else {}
        events: dict[str, Event] = {}
        for version in published.versions:
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
