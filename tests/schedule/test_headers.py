"""Header words in four languages."""

import pytest

from service.schedule.headers import Role, alike_headers, nearest_header, role_words


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("주차", Role.NUMBER),
        ("周数📆", Role.NUMBER),
        ("Session nr.", Role.NUMBER),
        ("날짜", Role.DATE),
        ("일정", Role.DATE),
        ("발표 날짜", Role.DATE),
        ("폴더날짜", Role.DATE),
        ("Date (Eastern Time)", Role.DATE),
        ("開催日", Role.DATE),
        ("Date & Time (JST)", Role.DATE),
        ("日期🕣", Role.DATE),
        ("Topic (+ link)", Role.TITLE),
        ("논문 제목", Role.TITLE),
        ("Title/URL of paper/topic", Role.TITLE),
        ("輪読対象", Role.TITLE),
        ("Paper title", Role.TITLE),
        ("발 표 자", Role.SPEAKER),
        ("Presenter(s)", Role.SPEAKER),
        ("Person [1]", Role.SPEAKER),
        ("分享🙋", Role.SPEAKER),
        ("Long-Form Speaker", Role.SPEAKER),
        ("主持💂‍♂️", Role.PEOPLE),
        ("Organizer", Role.PEOPLE),
        ("장소", Role.PLACE),
        ("Talk Slides/Notes", Role.MATERIAL),
        ("발표자료", Role.MATERIAL),
        ("ArXiv upload date", Role.OTHER),
        ("발행 연월", Role.OTHER),
        ("Assignment due", Role.OTHER),
        ("비고", Role.NOTE),
        ("Affiliation", Role.AFFILIATION),
    ],
)
def test_a_header_names_its_role(header: str, role: Role) -> None:
    assert role_words(header)[0] is role


@pytest.mark.parametrize("header", ["", "cs231n(CV)", "🍖", "축구", "---"])
def test_other_words_name_no_role(header: str) -> None:
    assert role_words(header) == ()


def test_a_misspelt_header_has_a_neighbour() -> None:
    assert nearest_header("Speeker") == "speaker"
    assert nearest_header("cs231n") == ""


def test_headers_that_differ_in_their_number_belong_together() -> None:
    assert alike_headers(["Date", "Paper 1", "Presenter 1", "Paper 2", "Slides"], [1, 3, 4]) == [1, 3]
