"""Tests of identity."""

import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.schedule.identity import revise
from service.schedule.session import Session, Status
from service.schedule.version import ChangeKind, Revision, Version
from tests.schedule.terms import (
    BEFORE_TERM,
    FIRST,
    NAMESPACE,
    Term,
    list_kinds,
    make_schedule,
    make_session,
    make_when,
    renumber,
)

TITLES = ("Attention", "Diffusion", "Graphs", "Retrieval")
SESSIONS = renumber([make_session(title, week) for week, title in enumerate(TITLES)])
STAMP = BEFORE_TERM.replace(microsecond=0)


def publish(*revisions: list[Session], now: datetime = BEFORE_TERM) -> tuple[Term, Revision]:
    term = Term()
    for sessions in revisions:
        revision = term.publish(*sessions, now=now)
    return term, revision


def test_a_first_reading_adds_all_and_is_the_same_everywhere() -> None:
    (_, one), (_, other) = publish(SESSIONS), publish(SESSIONS)
    assert one == other
    assert one.minted == 4
    assert [change.kind for change in one.changes] == [ChangeKind.ADDED] * 4
    assert {(version.sequence, version.modified) for version in one.versions} == {(0, STAMP)}
    assert [version.session for version in one.versions] == SESSIONS


def test_a_uid_is_short_and_made_of_neither_title_nor_time() -> None:
    _, one = publish(SESSIONS)
    _, other = publish([make_session(f"X{week}", week + 30) for week in range(4)])
    assert [version.uid for version in one.versions] == [version.uid for version in other.versions]
    for version in one.versions:
        name, _, host = version.uid.partition("@")
        assert host == "bell.example.org"
        assert len(name) == 8
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_another_series_has_other_uids() -> None:
    schedule = make_schedule(SESSIONS)
    one, other = (
        revise((), schedule, namespace=f"bell.example.org/{slug}", minted=0, now=BEFORE_TERM) for slug in "ab"
    )
    assert not {version.uid for version in one.versions} & {version.uid for version in other.versions}


def test_a_uid_in_use_is_passed_over() -> None:
    _, first = publish(SESSIONS)
    schedule = make_schedule([*SESSIONS, make_session("New", 9)])
    again = revise(first.versions, schedule, namespace=NAMESPACE, minted=2, now=BEFORE_TERM)
    assert again.minted == 5
    assert len({version.uid for version in again.versions}) == 5


def test_unchanged_sessions_keep_their_very_versions_wherever_their_rows_stand() -> None:
    term, first = publish(SESSIONS)
    second = term.publish(SESSIONS[3], *SESSIONS[:3], now=BEFORE_TERM + timedelta(days=1))
    assert second.changes == ()
    assert all(version is first.versions[place] for version, place in zip(second.versions, (3, 0, 1, 2), strict=True))


def test_a_change_raises_sequence_and_modified_of_one_session_only() -> None:
    term, first = publish(SESSIONS)
    later = BEFORE_TERM + timedelta(hours=1)
    second = term.publish(replace(SESSIONS[0], place="Room 2"), *SESSIONS[1:], now=later)
    assert (second.versions[0].sequence, second.versions[0].modified) == (1, later.replace(microsecond=0))
    assert second.versions[1:] == first.versions[1:]
    assert list_kinds(second) == {"Attention": ChangeKind.EDITED}


def test_modified_rises_even_if_the_clock_stands_still_or_goes_back() -> None:
    term, _ = publish(SESSIONS)
    for turn, now in enumerate((BEFORE_TERM, BEFORE_TERM - timedelta(days=3)), start=1):
        term.publish(replace(SESSIONS[0], place=f"Room {turn}"), *SESSIONS[1:], now=now)
        assert term.find("Attention").modified == STAMP + timedelta(seconds=turn)


def test_a_new_id_is_remembered_without_being_a_change() -> None:
    term, first = publish(SESSIONS)
    second = term.publish(*[replace(session, id=session.title) for session in SESSIONS])
    assert second.changes == ()
    assert [version.session.id for version in second.versions] == list(TITLES)
    assert [version.modified for version in second.versions] == [version.modified for version in first.versions]


def test_a_deleted_coming_session_stays_as_cancelled_until_two_weeks_after_its_start() -> None:
    term, first = publish(SESSIONS)
    second = term.publish(SESSIONS[0], *SESSIONS[2:])
    gone = second.versions[-1]
    assert (gone.uid, gone.sequence, gone.withdrawn) == (first.versions[1].uid, 1, True)
    assert gone.session == replace(SESSIONS[1], status=Status.CANCELLED)
    assert list_kinds(second) == {"Diffusion": ChangeKind.CANCELLED}

    starts = gone.when.starts
    third = term.publish(SESSIONS[0], *SESSIONS[2:], now=starts + timedelta(days=14))
    assert third.versions[-1] is gone
    assert third.changes == ()
    last = term.publish(SESSIONS[0], *SESSIONS[2:], now=starts + timedelta(days=14, seconds=1))
    assert gone not in last.versions
    assert last.changes == ()


def test_a_deleted_cancelled_session_is_withdrawn_without_news() -> None:
    cancelled = replace(SESSIONS[1], status=Status.CANCELLED)
    term, first = publish([SESSIONS[0], cancelled])
    second = term.publish(SESSIONS[0])
    assert second.changes == ()
    assert second.versions[1] == replace(first.versions[1], withdrawn=True)


def test_a_deleted_past_session_stays_as_it_was_until_two_weeks_after_its_end() -> None:
    term, first = publish(SESSIONS)
    ends = first.versions[0].when.ends
    for now in (first.versions[0].when.starts, ends + timedelta(days=14)):
        revision = term.publish(*SESSIONS[1:], now=now)
        assert revision.versions[-1] is first.versions[0]
        assert revision.changes == ()
    last = term.publish(*SESSIONS[1:], now=ends + timedelta(days=14, seconds=1))
    assert [version.session.title for version in last.versions] == list(TITLES[1:])
    assert last.changes == ()


def test_a_row_that_comes_back_restores_its_session() -> None:
    term, first = publish(SESSIONS)
    term.publish(SESSIONS[0], *SESSIONS[2:])
    third = term.publish(*SESSIONS)
    assert [version.uid for version in third.versions] == [version.uid for version in first.versions]
    assert [version.sequence for version in third.versions] == [0, 2, 0, 0]
    assert list_kinds(third) == {"Diffusion": ChangeKind.RESTORED}
    assert third.minted == 4


@pytest.mark.parametrize(
    "absent", [replace(SESSIONS[1], when=None), replace(SESSIONS[1], status=Status.BREAK, title="No meeting")]
)
def test_a_row_without_a_meeting_keeps_its_uid_waiting_until_it_has_a_day_again(absent: Session) -> None:
    term, first = publish(SESSIONS)
    second = term.publish(SESSIONS[0], absent, *SESSIONS[2:])
    assert list_kinds(second) == {"Diffusion": ChangeKind.CANCELLED}
    assert second.versions[-1].withdrawn
    third = term.publish(SESSIONS[0], replace(SESSIONS[1], when=make_session("", 8).when), *SESSIONS[2:])
    assert [version.uid for version in third.versions] == [version.uid for version in first.versions]
    assert list_kinds(third) == {"Diffusion": ChangeKind.RESTORED}


def test_a_row_without_a_day_keeps_its_uid_beyond_the_two_weeks() -> None:
    term, first = publish(SESSIONS)
    rows = [SESSIONS[0], replace(SESSIONS[1], when=None), *SESSIONS[2:]]
    term.publish(*rows)
    term.publish(*rows, now=FIRST + timedelta(weeks=10))
    rows[1] = replace(SESSIONS[1], when=make_session("", 20).when)
    term.publish(*rows, now=FIRST + timedelta(weeks=11))
    assert term.list_uids() == [version.uid for version in first.versions]


def test_a_warning_names_the_row_and_says_what_to_do() -> None:
    term, _ = publish([make_session("Deep learning", 0)])
    revision = term.publish(make_session("Deep learning (1)", 2), make_session("Deep learning (2)", 3))
    assert [remark.line for remark in revision.diagnostics] == [10, 11]
    assert all("id column" in remark.message for remark in revision.diagnostics)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        revise((), make_schedule(SESSIONS), namespace=NAMESPACE, minted=0, now=datetime(2024, 1, 1))


FEW_WORDS = st.builds(
    Session,
    title=st.sampled_from(["", "TBD", "Deep learning", "Deep learning 2", "Reading group"]),
    when=st.sampled_from([None, *(make_session("", week).when for week in range(4))]),
    number=st.sampled_from(["", "1", "2", "3"]),
    speakers=st.sampled_from([(), ("Kim",), ("Kim", "Lee")]),
    status=st.sampled_from(Status),
    id=st.sampled_from(["", "", "a", "b"]),
)


@settings(max_examples=150, deadline=None)
@given(documents=st.lists(st.lists(FEW_WORDS, max_size=6), min_size=1, max_size=4), weeks=st.integers(0, 8))
def test_whatever_is_published_uids_are_unique_histories_rise_and_a_second_reading_changes_nothing(
    documents: list[list[Session]], weeks: int
) -> None:
    term, minted = Term(), 0
    known: dict[str, Version] = {}
    for place, document in enumerate(documents):
        now = BEFORE_TERM + timedelta(weeks=weeks * place)
        revision = term.publish(*document, now=now)
        meetings = [session for session in document if session.meets]
        assert [version.session for version in revision.versions[: len(meetings)]] == meetings
        assert revision.minted - minted == sum(change.kind is ChangeKind.ADDED for change in revision.changes)
        changed = {change.after.uid for change in revision.changes}
        for version in revision.versions:
            before = known.get(version.uid)
            if before is not None:
                assert version.sequence == before.sequence + (version.uid in changed)
                assert (version.modified > before.modified) is (version.uid in changed)
        known |= {version.uid: version for version in revision.versions}
        minted = revision.minted
        again = term.publish(*document, now=now)
        assert again.changes == ()
        for place, version in enumerate(revision.versions[: len(meetings)]):
            assert again.versions[place] is version
        assert again.diagnostics == ()


def test_one_changed_row_among_a_thousand_is_found_at_once() -> None:
    sessions = [make_session(f"Topic {week} of many", week, number=str(week + 1)) for week in range(1000)]
    term, _ = publish(sessions)
    sessions[500] = replace(sessions[500], title="Something else")
    assert measure(term, sessions) < 0.25
    assert len(term.list_uids()) == term.minted == 1000


def test_hundreds_of_renamed_rows_are_found_in_a_moment() -> None:
    sessions = [make_session(f"Topic {week} of many", week, number=str(week + 1)) for week in range(1000)]
    term, first = publish(sessions)
    sessions = [replace(one, title=f"Another {week}") if week % 3 else one for week, one in enumerate(sessions)]
    assert measure(term, sessions) < 2
    assert term.list_uids() == [version.uid for version in first.versions]


def test_a_new_first_row_and_hundreds_of_lengthened_titles_at_once_confuse_nobody() -> None:
    words = ("deep", "sparse", "graph", "causal", "latent", "robust", "neural")
    titles = [f"{words[week % 7]} {words[week // 7 % 7]} {words[week // 49 % 7]} {week}" for week in range(300)]
    sessions = renumber([make_session(title) for title in titles])
    term, first = publish(sessions)
    longer = [replace(one, title=f"{one.title} revisited") if week % 2 else one for week, one in enumerate(sessions)]
    term.publish(*renumber([make_session("Kick-off"), *longer]))
    assert term.list_uids()[1:] == [version.uid for version in first.versions]
    assert term.warned == []


def measure(term: Term, sessions: list[Session]) -> float:
    """Return the processor time of a revision, in seconds."""
    begun = time.process_time()
    term.publish(*sessions)
    return time.process_time() - begun


def test_a_session_that_moves_knows_the_start_that_it_left() -> None:
    term, first = publish(SESSIONS)
    assert {version.moved_from for version in first.versions} == {None}
    moved = [replace(SESSIONS[0], when=make_when(10)), *SESSIONS[1:]]

    once = term.publish(*moved)
    edited = term.publish(replace(moved[0], note="bring a pen"), *moved[1:])
    twice = term.publish(replace(moved[0], when=make_when(11)), *moved[1:])
    late = term.publish(replace(moved[0], when=make_when(12)), *moved[1:], now=FIRST + timedelta(days=1))

    assert once.versions[0].moved_from == make_when(0).starts
    assert edited.versions[0].moved_from == make_when(0).starts, "an edit besides changes nothing about it"
    assert twice.versions[0].moved_from == make_when(0).starts, "the first of those still to come is missed first"
    assert late.versions[0].moved_from == make_when(11).starts, "where nobody goes any more does not count"
    assert {version.moved_from for version in late.versions[1:]} == {None}


def test_rows_that_are_no_dated_meeting_are_carried_along_without_an_identity() -> None:
    free = make_session("설날", 2, status=Status.BREAK)
    _, revision = publish([SESSIONS[0], free, make_session("Guest talk", None), SESSIONS[1]])

    assert [aside.title for aside in revision.asides] == ["설날", "Guest talk"]
    assert [version.session.title for version in revision.versions] == ["Attention", "Diffusion"]
    assert revision.minted == 2
