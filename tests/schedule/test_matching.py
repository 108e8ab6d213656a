"""Tests of matchings: edits as organisers make them, each with the one reading a person would give it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from service.schedule.matching import match
from service.schedule.session import Session, Status
from service.schedule.version import Version
from tests.schedule.terms import BEFORE_TERM, FIRST, Term, make_session, renumber

TITLES = ("Attention", "Diffusion", "Graphs", "Retrieval", "Scaling", "Speech")
PLAIN = [make_session(title, week) for week, title in enumerate(TITLES)]
NUMBERED = renumber(PLAIN)
SPOKEN = [replace(session, speakers=(f"Speaker {session.title}",)) for session in NUMBERED]
TWINS = [replace(session, title="Reading group") for session in PLAIN]


def follow(earlier: Sequence[Session], rows: Sequence[Session]) -> list[int | None]:
    """Publish two documents; return for each row of the second the place of the first that it continues."""
    term = Term()
    term.publish(*earlier)
    before = term.list_uids()
    term.publish(*rows)
    assert term.warned == []
    return [before.index(uid) if uid in before else None for uid in term.list_uids()]


@pytest.mark.parametrize("term", [PLAIN, NUMBERED, SPOKEN])
class TestEveryKindOfTable:
    def test_a_row_put_in_at_the_top_shifts_all_others(self, term: list[Session]) -> None:
        rows = renumber([make_session("Kick-off"), *term])
        assert follow(term, rows) == [None, 0, 1, 2, 3, 4, 5]

    def test_a_row_taken_out_of_the_middle_shifts_the_rest(self, term: list[Session]) -> None:
        assert follow(term, renumber([*term[:2], *term[3:]])) == [0, 1, 3, 4, 5]

    def test_two_sessions_change_places(self, term: list[Session]) -> None:
        assert follow(term, renumber([term[0], term[4], *term[2:4], term[1], term[5]])) == [0, 4, 2, 3, 1, 5]

    def test_the_table_is_turned_around(self, term: list[Session]) -> None:
        assert follow(term, term[::-1]) == [5, 4, 3, 2, 1, 0]

    def test_a_session_gets_another_title(self, term: list[Session]) -> None:
        assert follow(term, [*term[:2], replace(term[2], title="Bayes"), *term[3:]]) == [0, 1, 2, 3, 4, 5]

    def test_all_sessions_get_other_titles(self, term: list[Session]) -> None:
        rows = [replace(session, title=f"{session.title[::-1]} {place * 111}") for place, session in enumerate(term)]
        assert follow(term, rows) == [0, 1, 2, 3, 4, 5]

    def test_a_session_moves(self, term: list[Session]) -> None:
        moved = replace(term[1], when=make_session("", 9.5).when)
        assert follow(term, [term[0], moved, *term[2:]]) == [0, 1, 2, 3, 4, 5]

    def test_a_row_is_put_in_and_another_gets_a_new_title_at_once(self, term: list[Session]) -> None:
        rows = renumber([make_session("Kick-off"), *term[:3], replace(term[3], title="Bayes"), *term[4:]])
        assert follow(term, rows) == [None, 0, 1, 2, 3, 4, 5]

    def test_a_session_is_split(self, term: list[Session]) -> None:
        first, second = (replace(term[1], title=f"Diffusion, part {part}") for part in (1, 2))
        assert follow(term, renumber([term[0], first, second, *term[2:]])) in (
            [0, 1, None, 2, 3, 4, 5],
            [0, None, 1, 2, 3, 4, 5],
        )

    def test_the_hour_changes_for_all(self, term: list[Session]) -> None:
        later = [make_session("", week + 1 / 168).when for week in range(6)]
        rows = [replace(session, when=when) for session, when in zip(term, later, strict=True)]
        assert follow(term, rows) == [0, 1, 2, 3, 4, 5]


def test_a_new_number_and_day_do_not_take_a_uid_from_its_title() -> None:
    rows = renumber([SPOKEN[5], *SPOKEN[:5]])
    assert follow(SPOKEN, rows) == [5, 0, 1, 2, 3, 4]


def test_a_speaker_who_changes_places_before_there_are_titles_takes_the_session_along() -> None:
    earlier = [replace(session, title="TBD") for session in SPOKEN]
    swapped = [*earlier[:4], replace(earlier[4], speakers=earlier[5].speakers)]
    swapped.append(replace(earlier[5], speakers=earlier[4].speakers))
    assert follow(earlier, swapped) == [0, 1, 2, 3, 5, 4]


def test_a_placeholder_that_gets_its_title_stays_although_another_one_is_added() -> None:
    earlier = [*NUMBERED[:2], replace(NUMBERED[2], title="TBD")]
    assert follow(earlier, [*NUMBERED[:3], replace(NUMBERED[3], title="TBD")]) == [0, 1, 2, None]


def test_a_paper_follows_its_address_through_a_new_title_day_and_number() -> None:
    paper = replace(NUMBERED[5], links=make_session("", url="https://arxiv.org/abs/1706.03762").links)
    again = make_session("What we need", 20, number="1", url="https://arxiv.org/pdf/1706.03762v3")
    assert follow([*NUMBERED[:5], paper], [again, *NUMBERED[:5]]) == [5, 0, 1, 2, 3, 4]


def test_rows_with_one_title_stay_where_they_are_when_one_goes() -> None:
    assert follow(TWINS, [*TWINS[:2], *TWINS[3:]]) == [0, 1, 3, 4, 5]


def test_rows_with_one_title_move_in_their_order() -> None:
    rows = [replace(session, when=make_session("", week + 0.5).when) for week, session in enumerate(TWINS)]
    assert follow(TWINS, rows) == [0, 1, 2, 3, 4, 5]


def test_rows_with_one_title_of_which_some_went_and_the_rest_moved_are_doubtful() -> None:
    term = Term()
    term.publish(*TWINS)
    before = term.list_uids()
    term.publish(*[replace(session, when=make_session("", week + 0.5).when) for week, session in enumerate(TWINS[:4])])
    assert term.list_uids() == before[:4]
    assert term.warned == [10, 11, 12, 13]


def test_two_equally_likely_heirs_are_doubtful_and_an_id_settles_it() -> None:
    earlier = make_session("Deep learning", 0)
    heirs = [make_session("Deep learning (1)", 2), make_session("Deep learning (2)", 3)]
    term = Term()
    uid = term.publish(earlier).versions[0].uid
    revision = term.publish(*heirs)
    assert [remark.code for remark in revision.diagnostics] == ["ambiguous-identity"] * 2
    assert uid in term.list_uids()

    term = Term()
    uid = term.publish(replace(earlier, id="deep")).versions[0].uid
    term.publish(heirs[0], replace(heirs[1], id="deep"))
    assert term.warned == []
    assert term.list_uids()[1] == uid


def test_an_id_follows_a_session_of_which_nothing_else_is_left() -> None:
    earlier = [replace(session, id=f"s{place}") for place, session in enumerate(NUMBERED)]
    rows = [replace(session, id=earlier[5 - place].id) for place, session in enumerate(earlier)]
    assert follow(earlier, rows) == [5, 4, 3, 2, 1, 0]


def test_another_id_is_another_session() -> None:
    assert follow([replace(PLAIN[0], id="a")], [replace(PLAIN[0], id="b")]) == [None]


def test_a_new_column_of_ids_changes_nothing() -> None:
    rows = [replace(session, id=session.title) for session in NUMBERED]
    assert follow(NUMBERED, rows) == [0, 1, 2, 3, 4, 5]
    assert follow(rows, NUMBERED) == [0, 1, 2, 3, 4, 5]


def make_version(session: Session, uid: str, *, withdrawn: bool = False) -> Version:
    return Version(uid=uid, session=session, sequence=0, modified=BEFORE_TERM, withdrawn=withdrawn)


def test_a_withdrawn_session_does_not_come_back_for_its_day_and_number() -> None:
    gone = make_version(NUMBERED[0], "a", withdrawn=True)
    assert match([gone], [replace(NUMBERED[0], title="Bayes")], BEFORE_TERM).continued == {}
    assert match([gone], [replace(NUMBERED[3], title=NUMBERED[0].title)], BEFORE_TERM).continued == {0: 0}


def test_a_live_session_comes_before_its_withdrawn_twin() -> None:
    versions = [make_version(NUMBERED[0], "a", withdrawn=True), make_version(NUMBERED[0], "b")]
    assert match(versions, [NUMBERED[0]], BEFORE_TERM).continued == {0: 1}


def test_last_term_s_kick_off_does_not_take_place_again() -> None:
    long_ago = make_version(make_session("Kick-off", 0, number="1"), "a")
    row = make_session("Kick-off", 26, number="1")
    assert match([long_ago], [row], FIRST + timedelta(weeks=20)).continued == {}
    assert match([long_ago], [row], FIRST + timedelta(weeks=1)).continued == {0: 0}
    assert match([long_ago], [replace(row, when=make_session("", 0.5).when)], FIRST + timedelta(weeks=20)).continued


def test_a_past_reading_group_that_is_tidied_away_does_not_become_the_next_one() -> None:
    versions = [make_version(session, str(place)) for place, session in enumerate(TWINS[:3])]
    matching = match(versions, [*TWINS[1:3], TWINS[3]], FIRST + timedelta(days=2))
    assert matching.continued == {0: 1, 1: 2}


def test_a_break_in_its_place_does_not_keep_a_session_from_moving_on() -> None:
    pause = make_session("Holiday", 2, status=Status.BREAK)
    versions = [make_version(session, str(place)) for place, session in enumerate(PLAIN[:4])]
    later = replace(PLAIN[2], when=PLAIN[3].when)
    matching = match(versions, [*PLAIN[:2], pause, later], BEFORE_TERM)
    assert matching.continued[3] == 2
