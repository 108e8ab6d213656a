"""Tests of changes."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.schedule.changes import compare, endangers, looks_alike
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Change, ChangeKind, Version
from tests.schedule.terms import BEFORE_TERM, make_session, make_when

BEFORE = make_session("A", 0, number="1")


def make_version(session: Session, uid: str = "abcdefgh@example.org") -> Version:
    return Version(uid=uid, session=session, sequence=0, modified=BEFORE_TERM.replace(microsecond=0))


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (replace(BEFORE, when=make_when(1)), ChangeKind.MOVED),
        (replace(BEFORE, when=make_when(1), title="B"), ChangeKind.MOVED),
        (replace(BEFORE, when=replace(make_when(0), all_day=True)), ChangeKind.MOVED),
        (replace(BEFORE, when=make_when(0, hours=3)), ChangeKind.EDITED),
        (replace(BEFORE, title="B"), ChangeKind.EDITED),
        (replace(BEFORE, number="2"), ChangeKind.EDITED),
        (replace(BEFORE, links=(Link("https://example.org"),)), ChangeKind.EDITED),
        (replace(BEFORE, status=Status.TENTATIVE), ChangeKind.EDITED),
        (replace(BEFORE, status=Status.CANCELLED), ChangeKind.CANCELLED),
        (replace(BEFORE, status=Status.CANCELLED, when=make_when(1)), ChangeKind.CANCELLED),
    ],
)
def test_a_change_is_named_by_what_matters_most(after: Session, kind: ChangeKind) -> None:
    change = compare(make_version(BEFORE), make_version(after))
    assert change == Change(kind, make_version(BEFORE), make_version(after))


def test_a_cancelled_session_that_takes_place_again_is_restored_even_if_it_moved() -> None:
    cancelled = replace(BEFORE, status=Status.CANCELLED)
    change = compare(make_version(cancelled), make_version(replace(BEFORE, when=make_when(2))))
    assert change is not None
    assert change.kind is ChangeKind.RESTORED


def test_an_edit_of_a_cancelled_session_is_neither_news_of_cancelling_nor_of_restoring() -> None:
    cancelled = replace(BEFORE, status=Status.CANCELLED)
    change = compare(make_version(cancelled), make_version(replace(cancelled, title="B")))
    assert change is not None
    assert change.kind is ChangeKind.EDITED


def test_a_session_without_a_past_is_added() -> None:
    assert compare(None, make_version(BEFORE)) == Change(ChangeKind.ADDED, None, make_version(BEFORE))


def test_line_and_id_are_not_seen() -> None:
    assert looks_alike(BEFORE, replace(BEFORE, line=7, id="x"))
    assert compare(make_version(BEFORE), make_version(replace(BEFORE, line=7, id="x"))) is None


def test_the_same_instant_in_another_zone_is_an_edit() -> None:
    when = make_when(0)
    tokyo = ZoneInfo("Asia/Tokyo")
    elsewhere = replace(BEFORE, when=When(when.starts.astimezone(tokyo), when.ends.astimezone(tokyo)))
    assert elsewhere == BEFORE
    assert not looks_alike(BEFORE, elsewhere)
    change = compare(make_version(BEFORE), make_version(elsewhere))
    assert change is not None
    assert change.kind is ChangeKind.EDITED


def test_the_second_of_two_equal_hours_is_another_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2024, 10, 27, 2, 30, tzinfo=berlin)
    once, again = (When(hour, hour + timedelta(hours=3)) for hour in (first, first.replace(fold=1)))
    assert not looks_alike(replace(BEFORE, when=once), replace(BEFORE, when=again))


def make_edit(
    coming: int, *, moved: int = 0, cancelled: int = 0, edited: int = 0
) -> tuple[list[Change], list[Version]]:
    previous = [make_version(make_session(f"S{week}", week), f"{week}@example.org") for week in range(coming)]
    edits = [{"when": make_when(50)}] * moved + [{"status": Status.CANCELLED}] * cancelled + [{"title": "Z"}] * edited
    changes = []
    for before, edit in zip(previous, edits, strict=False):
        change = compare(before, replace(before, session=replace(before.session, **edit)))
        assert change is not None
        changes.append(change)
    return changes, previous


@pytest.mark.parametrize(
    ("coming", "moved", "cancelled", "waits"),
    [
        (10, 3, 0, False),
        (10, 4, 0, True),
        (10, 2, 2, True),
        (10, 0, 4, True),
        (4, 1, 0, False),
        (4, 1, 1, True),
        (3, 3, 0, False),
        (3, 0, 2, False),
        (3, 0, 3, True),
        (2, 0, 2, True),
        (1, 0, 1, False),
        (0, 0, 0, False),
    ],
)
def test_an_edit_of_many_coming_sessions_waits(coming: int, moved: int, cancelled: int, waits: bool) -> None:
    changes, previous = make_edit(coming, moved=moved, cancelled=cancelled)
    assert endangers(changes, previous, BEFORE_TERM) is waits


def test_new_titles_do_not_make_an_edit_wait() -> None:
    changes, previous = make_edit(10, edited=10)
    assert not endangers(changes, previous, BEFORE_TERM)


def test_what_happened_to_past_and_cancelled_sessions_does_not_count() -> None:
    changes, previous = make_edit(10, moved=4)
    assert not endangers(changes, previous, make_when(3).starts)
    called_off = [replace(one, session=replace(one.session, status=Status.CANCELLED)) for one in previous[:4]]
    assert not endangers(changes, [*called_off, *previous[4:]], BEFORE_TERM)
