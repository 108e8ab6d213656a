"""How long a web server is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sources.pacing import CEILING, INTERVAL, LONGEST, find_wait, read_retry_after

chances = st.floats(0, 1, exclude_max=True)


@given(chances)
def test_a_server_that_answers_is_asked_every_four_to_five_minutes(chance: float) -> None:
    assert 240 <= find_wait(0, 0, chance) <= 300


def test_the_wait_doubles_with_every_failure_but_the_first() -> None:
    assert [find_wait(failures, 0, 1) / 60 for failures in range(1, 9)] == [5, 10, 20, 40, 80, 160, 320, 360]


@given(st.integers(0, 10**9), st.floats(0, 10**9), chances)
def test_no_wait_is_shorter_than_four_minutes_or_longer_than_was_agreed(
    failures: int, asked: float, chance: float
) -> None:
    wait = find_wait(failures, asked, chance)
    assert 0.8 * INTERVAL <= wait <= max(CEILING, min(asked, LONGEST))


def test_a_server_that_asks_for_time_gets_it_up_to_a_day() -> None:
    assert find_wait(1, 7200, 0) == 7200
    assert find_wait(1, 10**12, 0) == 86400
    assert find_wait(1, 1, 1) == INTERVAL


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", "", 120),
        ("0", "", 0),
        ("Wed, 14 Feb 2024 13:00:00 GMT", "Wed, 14 Feb 2024 12:00:00 GMT", 3600),
        ("Wed, 14 Feb 2024 11:00:00 GMT", "Wed, 14 Feb 2024 12:00:00 GMT", 0),
        ("Wed, 14 Feb 2024 13:00:00 GMT", "", 0),
        ("Wed, 14 Feb 2024 13:00:00 GMT", "Wed, 14 Feb 2024 12:00:00 -0000", 0),
        ("-5", "", 0),
        ("soon", "today", 0),
        ("٣", "", 0),
        ("9" * 5000, "", 0),
        ("", "", 0),
    ],
)
def test_retry_after_is_read_in_both_its_forms(value: str, date: str, seconds: float) -> None:
    assert read_retry_after(value, date) == seconds


stamps = st.text(max_size=40) | st.text("Wed, 14Feb2024:+-.GMTPSam()", max_size=40)


@given(stamps, stamps)
def test_nothing_that_a_server_writes_there_does_harm(value: str, date: str) -> None:
    assert read_retry_after(value, date) >= 0
