"""The status that the words of a row announce."""

import pytest

from service.schedule.draft import Draft
from service.schedule.session import Status
from service.schedule.status import decide_status


@pytest.mark.parametrize("title", ["TBA", "tbd", "미정", "未定", "待定", "N.N.", "추후 공지"])
def test_an_open_title_with_nobody_named_is_tentative_and_no_title(title: str) -> None:
    draft = decide_status(Draft(line=1, column=1, title=title), "")
    assert (draft.title, draft.status) == ("", Status.TENTATIVE)


def test_an_open_title_with_a_speaker_takes_place() -> None:
    draft = decide_status(Draft(line=1, column=1, title="TBA", speakers=("Ada",)), "Ada")
    assert (draft.title, draft.status) == ("", Status.CONFIRMED)


def test_an_open_speaker_alone_is_tentative_and_beside_a_title_is_not() -> None:
    assert decide_status(Draft(line=1, column=1), "TBA").status is Status.TENTATIVE
    assert decide_status(Draft(line=1, column=1, title="Trees"), "TBA").status is Status.CONFIRMED


def test_an_empty_row_says_nothing_about_its_status() -> None:
    assert decide_status(Draft(line=1, column=1), "").status is Status.CONFIRMED


def test_a_cancellation_wins_over_an_open_date() -> None:
    assert decide_status(Draft(line=1, column=1, title="Cancelled", when="TBA"), "").status is Status.CANCELLED
