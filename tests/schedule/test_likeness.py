"""Tests of likeness."""

from dataclasses import replace

import pytest

from service.schedule.likeness import is_placeholder, read_title, weigh
from service.schedule.session import Session
from tests.schedule.terms import make_session


def weigh_one(earlier: Session, row: Session) -> int:
    return weigh([earlier], [row], {0}, {0})[0].get(0, 0)


@pytest.mark.parametrize(
    ("one", "other", "points"),
    [
        (make_session("A", 0), make_session("a ", 5), 12),
        (make_session("A", 0), make_session("Bcd", 0), 3),
        (make_session("A", 0, number="3"), make_session("Bcd", 5, number="3"), 2),
        (make_session("A", 0, speakers=["Kim", "Lee"]), make_session("Bcd", 5, speakers=["lee"]), 6),
        (make_session("A", 0, url="http://x.org/p/"), make_session("Bcd", 5, url="https://www.x.org/p"), 10),
        (make_session("TBD", 0), make_session("tbd", 5), 0),
        (make_session("TBD", 0), make_session("tbd", 0), 7),
        (make_session("A", 0), make_session("Bcd", None), 0),
    ],
)
def test_each_thing_in_common_has_its_points(one: Session, other: Session, points: int) -> None:
    assert weigh_one(one, other) == points
    assert weigh_one(other, one) == points


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/abs/1706.03762",
        "https://arxiv.org/pdf/1706.03762v5.pdf",
        "http://www.arxiv.org/abs/1706.03762v1",
        "https://huggingface.co/papers/1706.03762",
        "https://doi.org/10.48550/arXiv.1706.03762",
    ],
)
def test_every_page_of_a_paper_is_the_same_address(url: str) -> None:
    paper = make_session("A", 0, url="https://arxiv.org/abs/1706.03762")
    assert weigh_one(paper, make_session("Bcd", 5, url=url)) == 10
    assert weigh_one(paper, make_session("Bcd", 5, url="https://arxiv.org/abs/1706.03763")) == 0


def test_what_several_sessions_share_adds_little_and_only_to_what_one_has_alone() -> None:
    earlier = [make_session("A", 0, speakers=["Kim"]), make_session("B", 1, speakers=["Kim"])]
    rows = [make_session("Xyz", 0, speakers=["Kim"]), make_session("Uvw", 8, speakers=["Kim"])]
    assert weigh(earlier, rows, {0, 1}, {0, 1}) == {0: {0: 5}, 1: {}}


def test_what_many_sessions_share_tells_nothing() -> None:
    earlier = [make_session(f"{letter * 3}", week, speakers=["Kim"]) for week, letter in enumerate("abcdefghi")]
    rows = [replace(session, title=session.title.upper() + "#", when=None) for session in earlier]
    every = set(range(9))
    plain = [replace(session, speakers=()) for session in earlier], [replace(row, speakers=()) for row in rows]
    assert weigh(earlier, rows, every, every) == weigh(*plain, every, every)


def test_two_sessions_of_one_day_are_told_apart_by_the_hour() -> None:
    earlier = [make_session("A", 0), make_session("B", 1 / 84)]
    rows = [make_session("Cde", 0), make_session("Fgh", 1 / 84)]
    assert weigh(earlier, rows, {0, 1}, {0, 1}) == {0: {0: 3}, 1: {1: 3}}


def test_only_a_title_that_vanished_was_renamed() -> None:
    earlier = [make_session("Attention", 0)]
    rows = [make_session("Attention", 5), make_session("Attention again", 6)]
    assert weigh(earlier, rows, {0}, {0, 1}) == {0: {0: 12}}


def test_a_title_is_compared_without_case_and_spacing() -> None:
    assert read_title(make_session("  Deep   LEARNING ")) == "deep learning"
    assert is_placeholder(read_title(make_session("미정")))
    assert not is_placeholder("deep learning")
