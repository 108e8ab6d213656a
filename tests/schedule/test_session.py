"""The time of a session."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.schedule.session import When

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = When(datetime(2024, 10, 27, 2, 45, tzinfo=BERLIN), datetime(2024, 10, 27, 2, 15, tzinfo=BERLIN, fold=1))
"""Half an hour, by clocks that are put back meanwhile."""


def test_an_end_is_later_by_the_instant_and_not_by_the_clock() -> None:
    assert NIGHT.ends.astimezone(UTC) - NIGHT.starts.astimezone(UTC) == timedelta(minutes=30)
    with pytest.raises(ValueError, match="before it starts"):
        When(NIGHT.ends, NIGHT.starts)


def test_a_time_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        When(datetime(2024, 1, 1), datetime(2024, 1, 2))


def test_a_moved_session_takes_as_long() -> None:
    noon = datetime(2024, 10, 20, 10, tzinfo=UTC)
    assert NIGHT.move(noon) == When(noon.astimezone(BERLIN), (noon + timedelta(minutes=30)).astimezone(BERLIN))
    assert NIGHT.move(noon).move(NIGHT.starts) == NIGHT


def test_a_moved_day_is_a_whole_day() -> None:
    day = When(datetime(2024, 10, 20, tzinfo=BERLIN), datetime(2024, 10, 21, tzinfo=BERLIN), all_day=True)
    long = day.move(datetime(2024, 10, 27, tzinfo=BERLIN))
    assert (long.ends, long.all_day) == (datetime(2024, 10, 28, tzinfo=BERLIN), True)
