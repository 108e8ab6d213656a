"""Talks and particulars below a session's own line."""

import pytest

from service.schedule.draft import Draft
from service.schedule.grid import Bullet, Cell
from service.schedule.session import Status
from service.schedule.talks import read_talks


def item(text: str, *children: str) -> Bullet:
    return Bullet(Cell(text, 2, 1), tuple(item(child) for child in children))


def read(*items: Bullet, text: str = "") -> Draft:
    return read_talks(Draft(line=1, column=1), text, items)


def test_a_speaker_has_the_titles_below() -> None:
    draft = read(item("이구름님 (바다대)", "나무", "뿌리"), item("한봄님", "잎"))
    assert (draft.speakers, draft.title, draft.affiliation) == (("이구름", "한봄"), "나무 / 뿌리 / 잎", "바다대")


def test_labels_say_what_an_item_is() -> None:
    draft = read(
        item("Speaker: Ada Oak"), item("Time: 6:30pm"), item("Place: Hall 2"), item("Slides: here"), text="Trees"
    )
    assert draft.time is not None
    assert (draft.title, draft.speakers, draft.place, str(draft.time.begins)) == (
        "Trees",
        ("Ada Oak",),
        "Hall 2",
        "18:30:00",
    )


def test_a_labelled_title_is_the_title() -> None:
    assert read(item("Title: Trees"), item("Speaker: Ada Oak"), text="Meeting").title == "Trees"


@pytest.mark.parametrize("text", ["The talk of the year: trees", "Trees: roots and leaves", "https://example.org/"])
def test_other_colons_label_nothing(text: str) -> None:
    assert read(item(text)).title == text


def test_a_korean_name_behind_a_dash_speaks() -> None:
    draft = read(item("나무와 뿌리 - 이구름"), item("잎 - 소개"))
    assert (draft.title, draft.speakers) == ("나무와 뿌리 / 잎 - 소개", ("이구름",))


def test_names_behind_by_speak() -> None:
    draft = read(item('"Trees" by Ada Oak'))
    assert (draft.title, draft.speakers) == ("Trees", ("Ada Oak",))


@pytest.mark.parametrize(
    ("text", "status"), [("취소되었습니다", Status.CANCELLED), ("쉬어갑니다", Status.BREAK), ("TBA", Status.TENTATIVE)]
)
def test_an_item_can_say_that_nothing_takes_place(text: str, status: Status) -> None:
    assert read(item(text)).status is status
