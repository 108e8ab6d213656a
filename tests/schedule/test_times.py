"""Times of day in the forms that people write."""

from datetime import timedelta

import pytest

from service.schedule.times import find_duration, find_time, find_zone


@pytest.mark.parametrize(
    ("text", "begins", "ends", "assumed"),
    [
        ("20:00", "20:00", None, False),
        ("15:30 ~ 16:30", "15:30", "16:30", False),
        ("21:00-23:00", "21:00", "23:00", False),
        ("23:00-01:30", "23:00", "01:30", False),
        ("오후 10시 ~ 1시", "22:00", "01:00", False),
        ("20：00～21：00", "20:00", "21:00", False),
        ("12pm - 1pm", "12:00", "13:00", False),
        ("3:00-4:00pm", "15:00", "16:00", False),
        ("11-1pm", "11:00", "13:00", False),
        ("(9:30am)", "09:30", None, False),
        ("2:30 PM EDT", "14:30", None, False),
        ("오후 7시 30분", "19:30", None, False),
        ("오후7시30분~9시30분", "19:30", "21:30", False),
        ("오전 10시", "10:00", None, False),
        ("저녁 8시 반", "20:30", None, False),
        ("매주 목요일 19시", "19:00", None, False),
        ("3시 ~ 4시", "15:00", "16:00", True),
        ("午後8時", "20:00", None, False),
        ("18:00:00 -0500", "18:00", None, False),
    ],
)
def test_a_time_is_read(text: str, begins: str, ends: str | None, assumed: bool) -> None:
    found = find_time(text)
    assert found is not None
    assert f"{found.begins:%H:%M}" == begins
    assert (f"{found.ends:%H:%M}" if found.ends else None) == ends
    assert found.assumed is assumed


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("noon", 12, None),
        ("noon - 1pm", 12, 13),
        ("정오", 12, None),
        ("12 noon to 2", 12, None),
        ("9am - noon", 9, None),
    ],
)
def test_noon_is_a_time(text: str, begins: int, ends: int | None) -> None:
    found = find_time(text)
    assert found is not None
    assert (found.begins.hour, found.ends.hour if found.ends else None) == (begins, ends)


@pytest.mark.parametrize("text", ["", "afternoon", "2024-01-27", "3시간", "Item 15, 16", "99:99"])
def test_other_words_are_no_times(text: str) -> None:
    assert find_time(text) is None


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("21:00 JST", "Asia/Tokyo"),
        ("Date (Eastern Time)", "America/New_York"),
        ("best of", None),
        ("2:30 PM EDT", "America/New_York"),
    ],
)
def test_a_zone_is_known_by_its_letters(text: str, zone: str | None) -> None:
    found = find_zone(text)
    assert (found.key if found else None) == zone


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("90 min", 90), ("1h 30m", 90), ("2시간", 120), ("1.5 hours", 90), ("45分", 45), ("long", None)],
)
def test_a_duration_is_read(text: str, minutes: int | None) -> None:
    assert find_duration(text) == (timedelta(minutes=minutes) if minutes else None)
