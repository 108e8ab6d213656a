"""Calendar entries: when people's own calendars are to hear of a session, and of which changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.reminders.calendar_entry import CORRECTED_WITHIN, GONE, HORIZON, list_entries, tell_gist
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version
from tests.store.season import CANCELLED, DAY, HOUR, SESSION, START, VERSION

SECOND = timedelta(seconds=1)
LONG_AGO = VERSION.modified


def test_a_session_is_due_two_weeks_before_it_starts_and_until_then() -> None:
    (entry,) = list_entries([VERSION], LONG_AGO)

    due = [entry.is_due(START - before) for before in (HORIZON + SECOND, HORIZON, DAY, SECOND, timedelta(0))]
    assert due == [False, True, True, True, False]
    assert entry.next_turn(LONG_AGO + DAY) == START - HORIZON
    assert entry.next_turn(START - HORIZON) is None


def test_an_edit_is_due_ten_minutes_later_even_if_the_session_is_far_away() -> None:
    edited = replace(VERSION, sequence=1, modified=START - 60 * DAY)
    (entry,) = list_entries([edited], edited.modified)

    due = [entry.is_due(edited.modified + after) for after in (CORRECTED_WITHIN - SECOND, CORRECTED_WITHIN)]
    assert due == [False, True]
    assert not entry.is_near(edited.modified + DAY)
    assert entry.next_turn(edited.modified) == edited.modified + CORRECTED_WITHIN


def test_what_was_held_or_is_cancelled_is_no_entry() -> None:
    assert list(list_entries([VERSION, CANCELLED, replace(VERSION, withdrawn=True)], START)) == []
    assert len(list(list_entries([VERSION, CANCELLED, replace(VERSION, withdrawn=True)], START - SECOND))) == 1


def test_all_instants_are_utc() -> None:
    (entry,) = list_entries([VERSION], LONG_AGO)

    assert {entry.starts_at.tzinfo, entry.near_at.tzinfo, entry.settled_at.tzinfo} == {UTC}
    assert entry.starts_at == START


def shift(by: timedelta) -> Callable[[Session], Session]:
    return lambda session: replace(session, when=When(START + by, START + by + 2 * HOUR))


def elsewhere(session: Session) -> Session:
    zone = ZoneInfo("Asia/Tokyo")
    return replace(session, when=When(START.astimezone(zone), (START + 2 * HOUR).astimezone(zone)))


@pytest.mark.parametrize(
    "edit",
    [
        shift(DAY),
        lambda session: replace(session, when=When(START, START + HOUR)),
        lambda session: replace(session, when=When(START, START + 2 * HOUR, all_day=True)),
        elsewhere,
        lambda session: replace(session, title="another"),
        lambda session: replace(session, place="Room 2"),
        lambda session: replace(session, status=Status.TENTATIVE),
        lambda session: replace(session, status=Status.CANCELLED),
    ],
)
def test_when_where_whether_and_the_title_are_worth_a_mail(edit: Callable[[Session], Session]) -> None:
    assert tell_gist(replace(VERSION, session=edit(SESSION))) != tell_gist(VERSION)


@pytest.mark.parametrize(
    "edited",
    [
        replace(SESSION, speakers=("somebody",)),
        replace(SESSION, note="bring two pens"),
        replace(SESSION, links=(Link("https://example.org/other"),)),
        replace(SESSION, line=99),
        shift(timedelta(0))(SESSION),
    ],
)
def test_the_rest_is_not(edited: Session) -> None:
    assert tell_gist(replace(VERSION, session=edited, sequence=5)) == tell_gist(VERSION)


def test_all_that_does_not_take_place_is_alike() -> None:
    withdrawn: Version = replace(CANCELLED, withdrawn=True)

    assert tell_gist(CANCELLED) == tell_gist(withdrawn) == GONE
