"""The year that a date leaves out is told by its neighbours."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from service.schedule.dates import find_dates
from service.schedule.years import Placed, settle_dates


def settle(*texts: str, years: tuple[int, ...] = (), above: dict[int, int] | None = None) -> list[str]:
    block = [Placed(find_dates(text, weak=True)[0], (above or {}).get(index)) for index, text in enumerate(texts)]
    return [str(day) for day in settle_dates([block], years)[0]]


def test_a_list_goes_on_into_the_next_year() -> None:
    assert settle("12/24", "1/7", years=(2020,)) == ["2020-12-24", "2021-01-07"]


def test_the_year_is_that_of_the_earliest_date_if_the_newest_stands_first() -> None:
    found = settle("1월 7일", "9월 3일", "5월 7일", "10월 16일", "9월 4일", "7월 31일", years=(2018,))
    assert found == ["2020-01-07", "2019-09-03", "2019-05-07", "2018-10-16", "2018-09-04", "2018-07-31"]


def test_one_year_in_the_list_is_enough() -> None:
    assert settle("12.21", "24.01.04", "01.11") == ["2023-12-21", "2024-01-04", "2024-01-11"]


def test_a_year_above_the_rows_holds_for_them() -> None:
    found = settle("Oct. 2", "Dec. 4", "Jan. 8", above={0: 2018, 1: 2018, 2: 2019})
    assert found == ["2018-10-02", "2018-12-04", "2019-01-08"]


def test_the_order_of_day_and_month_is_the_one_that_reads_them_all() -> None:
    assert settle("10/1/2022", "17/01/22") == ["2022-01-10", "2022-01-17"]
    assert settle("10/1/2022", "10/17/22") == ["2022-10-01", "2022-10-17"]
    assert settle("3/9", "10/9", "12/9", years=(2024,)) == ["2024-09-03", "2024-09-10", "2024-09-12"]


def test_days_of_the_week_choose_between_the_years_that_are_named() -> None:
    assert settle("Wed, Jan 17", "Fri, Jan 19", years=(2021, 2024)) == ["2024-01-17", "2024-01-19"]


def test_without_any_year_no_day_is_known() -> None:
    assert settle("1/7", "1/14") == ["None", "None"]


def test_lists_side_by_side_share_their_year() -> None:
    blocks = [[Placed(find_dates(text)[0]) for text in texts] for texts in (("3/3", "3/31"), ("1/27", "2/3"))]
    assert [str(day) for block in settle_dates(blocks, [2022]) for day in block][2] == "2022-01-27"


@given(st.dates(date(2001, 1, 1), date(2090, 12, 28)), st.lists(st.integers(1, 45), min_size=4, max_size=20))
def test_a_rising_list_without_years_is_restored(first: date, gaps: list[int]) -> None:
    days = [first + timedelta(days=sum(gaps[:index])) for index in range(len(gaps))]
    days = [day for day in days if (day.month, day.day) != (2, 29)]
    assert settle(*(f"{day.month}월 {day.day}일" for day in days), years=(days[0].year,)) == [str(day) for day in days]
