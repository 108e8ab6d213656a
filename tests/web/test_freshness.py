"""Freshness: what is edited shortly before a session, and which calendars do not know it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.schedule.session import Session, When
from service.schedule.version import Version
from service.store.fetches import Family
from service.web.freshness import LATE, find_late_edits

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SINCE = {Family.APPLE: NOW, Family.GOOGLE: NOW - 9 * HOUR, Family.THUNDERBIRD: NOW - 2 * HOUR}


def version(starts: datetime, edited: datetime, **changes: Any) -> Version:
    session = Session(title="Chains", when=When(starts, starts + 2 * HOUR))
    return replace(Version(uid="a@example.org", session=session, sequence=1, modified=edited), **changes)


def test_after_a_late_edit_the_programs_that_have_not_asked_since_are_named() -> None:
    edited = version(NOW + 20 * HOUR, edited=NOW - HOUR)

    [found] = find_late_edits([edited], SINCE, NOW)

    assert (found.version, found.misses) == (edited, NOW + 20 * HOUR)
    assert [(lag.family, lag.fetched_at) for lag in found.lags] == [
        (Family.GOOGLE, NOW - 9 * HOUR),
        (Family.THUNDERBIRD, NOW - 2 * HOUR),
    ]


@pytest.mark.parametrize(
    ("starts", "edited"),
    [
        (NOW + 60 * HOUR, NOW - HOUR),  # there is time enough
        (NOW + 20 * HOUR, NOW - 17 * HOUR),  # so there was
        (NOW - HOUR, NOW - 2 * HOUR),  # it is too late to tell anybody
        (NOW + 20 * HOUR, NOW - 9 * HOUR),  # the slowest has asked since
    ],
)
def test_nothing_is_said_where_nothing_can_go_wrong(starts: datetime, edited: datetime) -> None:
    assert find_late_edits([version(starts, edited)], SINCE, NOW) == ()


def test_a_session_that_is_moved_away_late_is_missed_where_it_was() -> None:
    away = version(NOW + 200 * HOUR, NOW - HOUR, moved_from=NOW + 10 * HOUR)

    assert [edit.misses for edit in find_late_edits([away], SINCE, NOW)] == [NOW + 10 * HOUR]
    assert find_late_edits([away], SINCE, NOW + 11 * HOUR) == ()


def test_a_session_that_is_moved_here_late_is_missed_where_it_is() -> None:
    here = version(NOW + 5 * HOUR, NOW - HOUR, moved_from=NOW + 200 * HOUR)

    assert [edit.misses for edit in find_late_edits([here], SINCE, NOW)] == [NOW + 5 * HOUR]


def test_the_most_urgent_comes_first() -> None:
    edits = [version(NOW + hours * HOUR, NOW - HOUR, uid=f"{hours}@example.org") for hours in (30, 3, 20)]

    assert [edit.version.uid for edit in find_late_edits(edits, SINCE, NOW)] == [
        "3@example.org", "20@example.org", "30@example.org",
    ]  # fmt: skip


def test_who_never_asked_is_not_waited_for_and_an_undated_session_is_never_late() -> None:
    undated = replace(version(NOW, NOW), session=Session(title="Some day"))

    assert find_late_edits([version(NOW + HOUR, NOW)], {}, NOW) == ()
    assert find_late_edits([undated], SINCE, NOW) == ()


hours = st.integers(-100, 100).map(lambda count: NOW + count * HOUR)


@given(starts=hours, edited=hours, left=st.none() | hours, fetched=hours)
def test_whoever_is_warned_of_can_go_wrong_still(
    starts: datetime, edited: datetime, left: datetime | None, fetched: datetime
) -> None:
    for edit in find_late_edits([version(starts, edited, moved_from=left)], {Family.GOOGLE: fetched}, NOW):
        assert NOW < edit.misses <= edited + LATE
        assert all(lag.fetched_at < edited for lag in edit.lags)
        assert edit.misses in (starts, left)
