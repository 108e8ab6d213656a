"""Selected feeds: what some readers asked for in particular, kept as long as they keep asking."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from service.feed.calendar import render_calendar
from service.feed.event import alert, is_called_off
from service.feed.selection import Selection
from service.feed.style import Style
from service.schedule.series import Series
from service.schedule.version import Version
from service.web.place import Event, Place, Render
from service.web.representation import Payload, Representation, name_file

__all__ = ["SelectedFeed", "SelectedFeeds"]

_MOST_BYTES: Final = 32 * 2**20


@dataclass(frozen=True)
class SelectedFeed:
    """A selection of the sessions of a series: the `events`, each with its bytes in the style that was asked for.

    `origin` is the feed of the whole series that it was selected from.
    """

    origin: Representation
    events: tuple[tuple[Event, bytes], ...]
    feed: Representation

    @property
    def versions(self) -> tuple[Version, ...]:
        """The sessions selected, in the order of the feed."""
        return tuple(event.version for event, _ in self.events)

    @cached_property
    def download(self) -> Representation:
        """The feed as a file."""
        return replace(self.feed, disposition=self.feed.disposition.replace("inline", "attachment", 1))

    @property
    def size(self) -> int:
        """About how many bytes of memory this takes: the feed, its events, and room for its compressed form."""
        return 3 * len(self.feed.payload.plain)


class SelectedFeeds:
    """The feeds of all selections that were asked for lately; the least recent go when `most_bytes` are used.

    The bound holds for all series together: whoever asks for many selections makes room for them at the cost of
    others, never more. When a series changes, only the sessions that changed are rendered again.
    """

    def __init__(self, render: Render, most_bytes: int = _MOST_BYTES) -> None:
        self._render = render
        self._most_bytes = most_bytes
        self._kept: dict[tuple[str, Selection], SelectedFeed] = {}
        self._bytes = 0

    def find(self, place: Place, selection: Selection) -> SelectedFeed:
        """The feed of this selection, as current as the place is."""
        key = (place.published.series.slug, selection)
        kept = self._kept.pop(key, None)
        if kept:
            self._bytes -= kept.size
        if kept is None or kept.origin is not place.feed:
            kept = self._select(place, selection, kept)
        self._kept[key] = kept  # the last is the most recent
        self._bytes += kept.size
        while self._bytes > self._most_bytes and len(self._kept) > 1:
            self._bytes -= self._kept.pop(next(iter(self._kept))).size
        return kept

    def _select(self, place: Place, selection: Selection, before: SelectedFeed | None) -> SelectedFeed:
        published, series = place.published, place.published.series
        known = {id(event): told for event, told in before.events} if before else {}
        words = self._translate(place, selection)
        events = tuple(
            (event, known.get(id(event)) or self._tell(event, series, selection.style, words.get(id(event))))
            for event in place.shown
            if selection.wants(event.version)
        )
        versions = [event.version for event, _ in events]
        feed = Representation(
            payload=Payload(render_calendar(series, [told for _, told in events], versions, selection)),
            modified=place.changed_at,
            disposition=name_file("inline", series.slug, series.title),
            stale_since=published.stale_since,
        )
        return SelectedFeed(place.feed, events, feed)

    def _translate(self, place: Place, selection: Selection) -> dict[int, bytes]:
        """Every event in the selection's language, which other selections share; none if it is rendered already."""
        language = selection.language
        if language in ("", place.published.series.language) or selection == Selection(language=language):
            return {}
        return {id(event): told for event, told in self.find(place, Selection(language=language)).events}

    def _tell(self, event: Event, series: Series, style: Style, told: bytes | None) -> bytes:
        """One event in this style. `told` is the event in the style's language; rendering costs, the rest does not."""
        speaks = style.language in ("", series.language)
        if (told is None and not speaks) or (not style.marks and is_called_off(event.version)):
            return self._render(event.version, series, style)
        return alert(told or event.render(), event.version, series, style.alarms)
