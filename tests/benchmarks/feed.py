"""One changed session: putting it on a shelf that is read from, against rendering the whole feed anew."""

from service.feed.calendar import render_calendar
from service.feed.event import render_event
from service.schedule.version import Revision
from service.web.shelf import Shelf
from tests.benchmarks.measure import best_of, report
from tests.benchmarks.seasons import NOW, SERIES, edit_one, make_revision

__all__ = ["run"]


def run() -> None:
    """For a season of 21 sessions and one of 1,000."""
    for sessions, rounds in ((21, 200), (1000, 20)):
        revision = make_revision(sessions)
        editions = [edit_one(revision, edition) for edition in range(1, rounds + 1)]
        shelf = Shelf()
        shelf.put(SERIES, revision, now=NOW)
        shelf.prepare(SERIES.slug)

        def put_edit(shelf: Shelf = shelf, editions: list[Revision] = editions) -> None:
            shelf.put(SERIES, editions.pop(), now=NOW)

        def rebuild(revision: Revision = revision) -> bytes:
            events = [render_event(version, SERIES) for version in revision.versions]
            return render_calendar(SERIES, events, revision.versions)

        ours, theirs = best_of(put_edit, rebuild, rounds=rounds)
        report(f"one of {sessions} sessions changed", ours, theirs, "rendering all of them")
