"""One changed session: putting it on a shelf that is read from, against building the whole feed anew."""

from collections.abc import Callable
from functools import partial

from service.feed.calendar import render_calendar
from service.feed.event import render_event
from service.schedule.series import Series
from service.schedule.version import Revision, Version
from service.web.shelf import Shelf
from tests.benchmarks.measure import best_of, report
from tests.benchmarks.seasons import NOW, SERIES, edit_one, make_revision
from tests.feed.reference import build_event

__all__ = ["run"]

Build = Callable[[Version, Series], bytes]


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

        def build(event: Build, revision: Revision = revision) -> bytes:
            events = [event(version, SERIES) for version in revision.versions]
            return render_calendar(SERIES, events, revision.versions)

        rivals = put_edit, partial(build, render_event), partial(build, build_event)
        one, all_of_them, by_icalendar = best_of(*rivals, rounds=rounds)
        report(f"one of {sessions} sessions changed", one, by_icalendar, "all of them by icalendar")
        report(f"one of {sessions} sessions changed", one, all_of_them, "all of them by ourselves")
        report(f"all of {sessions} sessions", all_of_them, by_icalendar, "icalendar")
