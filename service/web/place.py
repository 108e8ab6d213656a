"""A place on the shelf: one published series with its events and the answers made of them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from service.feed.calendar import leaves_at, render_calendar
from service.feed.style import PLAIN, Style
from service.schedule.series import Series
from service.schedule.session import Session
from service.schedule.version import Revision, Version
from service.store.kept import Kept
from service.web.representation import Payload, Representation, name_file

__all__ = ["Event", "Place", "Published", "Render", "set_out_document", "set_out_session"]

Render = Callable[[Version, Series, Style], bytes]
"""What makes a VEVENT of a version."""

_DOWNLOAD = ".download"  # no session's id begins with a dot


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A series as everybody sees it, `as_of` an instant: sessions come and go with time.

    `stale_since` is set while the source cannot be read and this is the last good version.
    """

    series: Series
    content: Revision | Kept
    as_of: datetime
    stale_since: datetime | None = None

    @property
    def revision(self) -> Revision:
        """The sessions; if they were only kept until now, they are read."""
        return self.content.read() if isinstance(self.content, Kept) else self.content

    @property
    def versions(self) -> tuple[Version, ...]:
        """All versions, withdrawn ones last; the same object as long as they are the same."""
        return self.revision.versions

    @property
    def asides(self) -> tuple[Session, ...]:
        """The rows that are no dated meeting, which only pages show."""
        return self.revision.asides


class Event:
    """A version's VEVENT, `rendered` when it is first needed, and when it leaves the feed, if it does."""

    __slots__ = ("_how", "_series", "leaves_at", "rendered", "version")

    def __init__(self, version: Version, series: Series, how: Render) -> None:
        self.version = version
        self.leaves_at = leaves_at(version)
        self.rendered = b""
        self._series = series
        self._how = how

    def render(self) -> bytes:
        """The VEVENT, rendered only once."""
        if not self.rendered:
            self.rendered = self._how(self.version, self._series, PLAIN)
        return self.rendered


@dataclass(slots=True, eq=False)
class Place:
    """One series' place on the shelf: its `events` by uid and those `shown`, in a feed that is what it is since
    `changed_at` (UTC, whole seconds).

    The answers are made when somebody first asks, and then kept: `ready` is the feed if it is made.
    """

    published: Published
    events: dict[str, Event]
    shown: list[Event]
    changed_at: datetime
    ready: Representation | None = None
    others: dict[str, Representation] = field(default_factory=dict)

    @property
    def feed(self) -> Representation:
        """The answers of the feed. What was never rendered is, now: some 0.5 ms an event."""
        if self.ready is None:
            self.ready = self._set_out(self._join())
        return self.ready

    @property
    def download(self) -> Representation:
        """The feed as an attachment."""
        if _DOWNLOAD not in self.others:
            series = self.published.series
            self.others[_DOWNLOAD] = replace(self.feed, disposition=name_file("attachment", series.slug, series.title))
        return self.others[_DOWNLOAD]

    @property
    def told(self) -> tuple[Version, ...]:
        """What other programs are told of: all versions but those that were withdrawn and have left the feed."""
        shown = {event.version.uid for event in self.shown}
        return tuple(version for version in self.published.versions if not version.withdrawn or version.uid in shown)

    def follow(self, before: "Place") -> None:
        """Take over what was made of the place before and is still true; make anew what was made and is not.

        The date of the feed rises with every change of its bytes, and stays without one.
        """
        published, old = self.published, before.published
        is_same = old.series == published.series and before.shown == self.shown
        payload = before.ready.payload if before.ready and is_same else None
        if before.ready and payload is None:
            payload = self._join()
            is_same = payload == before.ready.payload
        if is_same:
            self.changed_at = before.changed_at
        elif self.changed_at <= before.changed_at:
            self.changed_at = published.as_of.astimezone(UTC).replace(microsecond=0)
        if before.ready and is_same and published.stale_since == old.stale_since:
            self.ready = before.ready
            if (old.versions, old.series) == (published.versions, published.series):
                self.others = before.others
        elif payload:
            self.ready = self._set_out(payload)

    def _join(self) -> Payload:
        events = [event.rendered or event.render() for event in self.shown]
        return Payload(render_calendar(self.published.series, events, [event.version for event in self.shown]))

    def _set_out(self, payload: Payload) -> Representation:
        series = self.published.series
        return Representation(
            payload=payload,
            modified=self.changed_at,
            disposition=name_file("inline", series.slug, series.title),
            stale_since=self.published.stale_since,
        )


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


def set_out_session(place: Place, event: Event) -> Representation:
    """The answers that hand over one session as a file."""
    published, version = place.published, event.version
    series = published.series
    return Representation(
        payload=Payload(render_calendar(series, [event.render()], [version])),
        modified=place.changed_at,
        disposition=name_file("attachment", f"{series.slug}-{version.id}", version.session.title),
        stale_since=published.stale_since,
    )
