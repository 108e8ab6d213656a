"""Styles: alarms as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.feed.style import Alarm


@pytest.mark.parametrize(
    ("text", "minutes", "written"),
    [("30m", 30, "30m"), ("60m", 60, "1h"), ("24h", 1440, "1d"), ("1w", 10080, "7d"), (" 2h ", 120, "2h")],
)
def test_an_alarm_is_read_and_written_in_its_largest_unit(text: str, minutes: int, written: str) -> None:
    alarm = Alarm.parse(text)

    assert (alarm.lead, alarm.minutes, str(alarm)) == (timedelta(minutes=minutes), minutes, written)


@pytest.mark.parametrize("text", ["", "30", "0m", "-5m", "1.5h", "1000m", "30M", "1mo", "٣m", "53w"])
def test_what_is_no_time_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="like 1d, 2h, 30m"):
        Alarm.parse(text)


@settings(max_examples=50)
@given(st.integers(1, 366), st.sampled_from("dhm"))
def test_a_written_alarm_means_the_same(amount: int, unit: str) -> None:
    alarm = Alarm.parse(f"{amount}{unit}")

    assert Alarm.parse(str(alarm)) == alarm
