"""Structured data: what search engines find in a page."""

import json
from typing import Any

import pytest

from service.feed.structured import describe_events
from service.schedule.session import Session, Status
from service.schedule.version import Version
from tests.feed.season import make_season, make_series, make_version, make_when


def read(*versions: Version, **series: str) -> list[dict[str, Any]]:
    document = json.loads(describe_events(make_series(**series), versions))
    assert document["@context"] == "https://schema.org"
    found: list[dict[str, Any]] = document["@graph"]
    return found


def test_every_dated_session_is_an_event() -> None:
    events = read(*make_season(), make_version(Session(title="undated")))

    assert len(events) == 21
    assert {event["@type"] for event in events} == {"Event"}
    assert events[0]["startDate"] == "2024-01-27T21:00:00+09:00"
    assert events[0]["performer"] == [{"@type": "Person", "name": "하늘"}, {"@type": "Person", "name": "바다"}]


def test_a_cancelled_session_is_told_as_such() -> None:
    states = [event["eventStatus"].rpartition("/")[2] for event in read(*make_season())]

    assert states.count("EventCancelled") == 1
    assert states[4] == "EventCancelled"


@pytest.mark.parametrize(
    ("place", "join_url", "mode"),
    [
        ("Room 1", "", "Offline"),
        ("Room 1", "https://meet.example.org/x", "Mixed"),
        ("", "https://meet.example.org/x", "Online"),
        ("https://zoom.example.org/j/1", "", "Online"),
    ],
)
def test_where_one_meets_is_a_place_or_online(place: str, join_url: str, mode: str) -> None:
    [event] = read(make_version(Session(title="x", when=make_when(), place=place)), join_url=join_url)

    assert event["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"
    assert event["location"]


def test_without_a_place_nothing_is_said_of_it() -> None:
    [event] = read(make_version())

    assert "location" not in event


def test_no_title_can_end_the_script_or_show_an_address() -> None:
    session = Session(
        title="</script><script>alert(1)</script>\u2028&",
        when=make_when(),
        status=Status.TENTATIVE,
        note="x@example.org",
    )

    text = describe_events(make_series(), [make_version(session)])

    assert not {"<", ">", "&", "\u2028"} & set(text)
    assert json.loads(text)["@graph"][0]["name"] == session.title
    assert "@example.org" not in text
