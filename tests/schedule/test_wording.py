"""Words that say that a meeting does not happen, and words that only sound like it."""

import pytest

from service.schedule.session import Status
from service.schedule.wording import is_blank, is_open, is_question, read_notice


@pytest.mark.parametrize(
    "text",
    [
        "BREAK",
        "SPRING BREAK",
        "Spring break, nobody here",
        "No lab, enjoy the spring break",
        "Thanksgiving",
        "No JC",
        "Red day",
        "no class",
        "No meeting this week",
        "No JC, due to holiday",
        "휴강",
        "중간고사 휴식",
        "여름 방학",
        "추석 연휴",
        "元旦放假",
        "休息",
        "冬休み",
        "休講",
        "휴회",
        "어린이날",
        "ゴールデンウィーク",
        "暑假",
        "Memorial Day",
        "week off",
        "Thanksgiving -- no seminar",
    ],
)
def test_a_break_is_announced(text: str) -> None:
    assert read_notice(text) == read_notice(f"**{text}**")
    assert read_notice(text).status is Status.BREAK


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Canceled", ""),
        ("(canceled since LOGCON is this week)", ""),
        ("Cancelled due to illness", ""),
        ("Rivers and deltas (Cancelled)", "Rivers and deltas"),
        ("취소", ""),
        ("中止", ""),
        ("No JC, due to a long meeting", "No JC, due to a long meeting"),
        ("No group meeting: retreat", "No group meeting: retreat"),
        ("No presenter", "No presenter"),
        ("No meeting Friday", "No meeting Friday"),
        ("Proposal deadline - no seminar", "Proposal deadline - no seminar"),
        ("Rivers - cancelled", "Rivers"),
        ("No lunch: retreat", "No lunch: retreat"),
    ],
)
def test_a_cancellation_is_announced(text: str, rest: str) -> None:
    notice = read_notice(text)
    assert (notice.status, notice.rest) == (Status.CANCELLED, rest)


@pytest.mark.parametrize(
    "text",
    [
        "The Break-Even Point of Caches in Practice",
        "Cancellation of noise",
        "Breaking the ice",
        "Christmas party",
        "No free lunch theorems",
        "No class labels needed",
        "Deep nets - no class labels needed",
        "Christmas drinks",
        "Seminar on holidays and other paid absences of workers",
        "Novel methods",
    ],
)
def test_a_subject_announces_nothing(text: str) -> None:
    assert read_notice(text).status is Status.CONFIRMED


def test_a_break_with_a_speaker_is_a_subject() -> None:
    assert read_notice("Break dance", has_speaker=True).status is Status.CONFIRMED


def test_a_tentative_title_keeps_its_words() -> None:
    notice = read_notice("[Tentative: Maps of mud]")
    assert (notice.status, notice.rest) == (Status.TENTATIVE, "Maps of mud")


def test_empty_open_and_doubtful_cells_are_told_apart() -> None:
    assert all(map(is_blank, ["", "-", "--", ".", "N/A", "[none]", "없음"]))
    assert all(map(is_open, ["TBA", "tbd", "??", "미정", "未定", "待定"]))
    assert all(map(is_question, ["?Ada", "? (4/4)"]))
    assert not any(map(is_question, ["", "??", "Who?"]))
    assert not any(map(is_blank, ["0", "A", "OT"]))
