"""Dates in the forms that people write."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.schedule.dates import find_dates, is_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023.12.21", (2023, 12, 21, None, 1)),
        ("2020/6/4", (2020, 6, 4, None, 1)),
        ("2024. 1. 27.", (2024, 1, 27, None, 1)),
        ("2024 1/27 ~", (2024, 1, 27, None, 1)),
        ("2021.08.28 (토) ~ 2021.08.29 (일)", (2021, 8, 28, 5, 2)),
        ("2021-06-16(수)", (2021, 6, 16, 2, 1)),
        ("'19.7.23 (화)", (2019, 7, 23, 1, 1)),
        ("'19.8.6 (화)", (2019, 8, 6, 1, 1)),
        ("22.10.4", (2022, 10, 4, None, 1)),
        ("22년 7월 7일", (2022, 7, 7, None, 1)),
        ("2019년 10월 30일 (목) 오후7시30분", (2019, 10, 30, 3, 1)),
        ("9월 8일 (금) 오후 7시", (None, 9, 8, 4, 1)),
        ("2025年12月10日（水）20:00", (2025, 12, 10, 2, 1)),
        ("9月20日 周三", (None, 9, 20, 2, 1)),
        ("10 / 27 (일)", (None, 10, 27, 6, 1)),
        ("01.11 \n2024", (2024, 1, 11, None, 1)),
        ("250915", (2025, 9, 15, None, 1)),
        ("20250915", (2025, 9, 15, None, 1)),
        ("Wed, Jan 17", (None, 1, 17, 2, 1)),
        ("Th 1/20", (None, 1, 20, 3, 1)),
        ("22th June, 2023", (2023, 6, 22, None, 1)),
        ("10-Jan-22", (2022, 1, 10, None, 1)),
        ("Jan. 27\n12pm - 1pm", (None, 1, 27, None, 1)),
        ("30. Sept.", (None, 9, 30, None, 1)),
        ("16:00 CET Fri 26 May", (None, 5, 26, 4, 1)),
        ("Week 1: Jan 23-27", (None, 1, 23, None, 5)),
        ("Oct 12, 2015", (2015, 10, 12, None, 1)),
        ("10/1/25", (2025, 10, 1, None, 1)),
        ("25/11/16", (2016, 11, 25, None, 1)),
        ("2.27", (None, 2, 27, None, 1)),
    ],
)
def test_a_date_is_read(text: str, expected: tuple[int | None, int, int, int | None, int]) -> None:
    found = find_dates(text, weak=True)[0]
    reading = found.readings[0]
    assert (reading.year, reading.month, reading.day, found.weekday, found.lasts_days) == expected


@pytest.mark.parametrize(
    "text", ["", "12:30", "3 pm", "2020/", "2022 Mar", "13/32", "v1.2.3.4.5", "Item 15, 16", "TBA"]
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert find_dates(text, weak=True) == ()


def test_weak_forms_are_dates_only_where_dates_are_expected() -> None:
    assert find_dates("chapter 2.7 of 250915") == ()
    assert find_dates("due 2/7") != ()


def test_two_dates_in_one_text_are_two() -> None:
    assert len(find_dates("Week 2 (3/11, 3/13)")) == 2


def test_a_text_is_a_date_if_it_begins_with_one() -> None:
    assert is_date("Oct 22")
    assert not is_date("presentation of Oct 22")


@given(st.dates(min_value=date(1991, 1, 1), max_value=date(2098, 1, 1)))
def test_an_iso_date_is_that_day(day: date) -> None:
    reading = find_dates(f"on {day}.")[0].readings[0]
    assert f"{reading.year}-{reading.month:02}-{reading.day:02}" == str(day)
