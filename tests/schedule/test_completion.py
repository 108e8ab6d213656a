"""What a page's running text tells about the sessions."""

from datetime import time

import pytest

from service.schedule.completion import remark_told_time
from service.schedule.diagnostic import Severity
from service.schedule.entry import Entry
from service.schedule.grid import Prose
from service.schedule.markdown import Page


def remarks(text: str, *, begins: time | None = None) -> list[tuple[int, Severity, str, str]]:
    page = Page("", (), (), (Prose("First words", 1), Prose(text, 3)))
    found = remark_told_time(page, (Entry(line=5, column=1, title="t", begins=begins),))
    return [(remark.line, remark.severity, remark.code, remark.message) for remark in found]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("매주 목요일 오후 7시 30분에 만납니다", "19:30"),
        ("Time: 3:00-4:00pm, Mondays", "15:00"),
        ("We meet every Tuesday at noon.", "12:00"),
        ("毎週火曜 20:00〜21:30", "20:00"),
        ("时间：每周五 19:30", "19:30"),
    ],
)
def test_a_regular_time_in_the_text_is_noted(text: str, begins: str) -> None:
    [(line, severity, code, message)] = remarks(text)
    assert (line, severity, code) == (3, Severity.NOTE, "time-in-prose")
    assert f'starts_at = "{begins}"' in message


def test_a_time_without_its_half_of_the_day_is_doubted() -> None:
    assert "morning or afternoon?" in remarks("매주 화요일 3시 ~ 4시")[0][3]


@pytest.mark.parametrize("text", ["The train leaves at 19:30", "매주 목요일", "Every two weeks since 2024-01-02"])
def test_other_text_is_not(text: str) -> None:
    assert remarks(text) == []


def test_rows_with_times_need_no_note() -> None:
    assert remarks("매주 목요일 19:30", begins=time(19)) == []
