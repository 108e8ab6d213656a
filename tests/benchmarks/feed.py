"""One changed session: putting it on the shelf, against rendering the whole feed anew."""

from itertools import count

from service.feed.calendar import render_calendar
from service.feed.event import render_event
from service.schedule.version import Revision
from service.web.shelf import Shelf
from tests.benchmarks.measure import best_of, report
from tests.benchmarks.seasons import NOW, SERIES, edit_one, make_revision

__all__ = ["run"]


def run() -> None:
    """For a season of 21 sessions and one of 1,000."""
    for sessions in (21, 1000):
        revision, editions = make_revision(sessions), count(1)
        shelf = Shelf()
        shelf.put(SERIES, revision, now=NOW)

        def put_edit(revision: Revision = revision, editions: "count[int]" = editions, shelf: Shelf = shelf) -> None:
            shelf.put(SERIES, edit_one(revision, next(editions)), now=NOW)

        def rebuild(revision: Revision = revision) -> bytes:
            events = [render_event(version, SERIES) for version in revision.versions]
            return render_calendar(SERIES, events, revision.versions)

        ours, theirs = best_of(put_edit, rebuild, rounds=3)
        report(f"one of {sessions} sessions changed", ours, theirs, "rendering all of them")
