"""The forms of the preferences page: read without trust, and days that are somebody's own."""

from datetime import UTC, datetime

import pytest

from service.web.preferences_form import UnclearWish, read_pause

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "ends"),
    [
        ("Asia/Seoul", "2026-03-02", "2026-03-01T15:00Z"),
        ("America/New_York", "2026-03-09", "2026-03-09T04:00Z"),  # the clocks went forward on the 8th
        ("Pacific/Kiritimati", "2026-03-03", "2026-03-02T10:00Z"),
    ],
)
def test_a_pause_ends_when_the_day_begins_where_the_person_lives(zone: str, day: str, ends: str) -> None:
    assert read_pause(day, zone, NOON) == datetime.fromisoformat(ends)


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-01", "2027-03-04", "0001-01-01", "9999-12-31", "March"])
def test_a_day_that_has_begun_or_is_too_far_is_none(day: str) -> None:
    with pytest.raises(UnclearWish, match="day"):
        read_pause(day, "Pacific/Kiritimati", NOON)  # where it is the 2nd already
