"""Links that add one session to a calendar."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from service.schedule.session import Link, Session, When
from service.web.event_links import EventLinks, link_event
from tests.web.season import BEGIN, make_series, make_version


def make_links(**changes: object) -> EventLinks:
    values = {"title": "a & b + c@example.org", "when": When(BEGIN, BEGIN + timedelta(hours=2)), "speakers": ("윤솔",)}
    return link_event(make_version(7, Session(**(values | changes))), make_series())  # type: ignore[arg-type]


def ask(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_google_is_told_the_instants_and_the_way_in() -> None:
    asked = ask(make_links().google)

    assert asked["action"] == "TEMPLATE"
    assert asked["text"] == "a & b + c***@***"
    assert asked["dates"] == "20240127T120000Z/20240127T140000Z"
    assert asked["location"] == "https://meet.example.org/reading"
    assert asked["details"].split("\n") == [
        "https://meet.example.org/reading",
        "발표: 윤솔",
        "http://127.0.0.1:8000/reading-season4#reading-7",
    ]


def test_the_place_stands_in_the_details_too_because_some_apps_lose_it() -> None:
    asked = ask(make_links(place="Room 1").google)

    assert asked["location"] == "Room 1"
    assert asked["details"].split("\n")[:2] == ["https://meet.example.org/reading", "Room 1"]


def test_outlook_is_told_the_same_in_its_own_words() -> None:
    links = make_links(place="Room 1")

    for link, host in ((links.outlook, "outlook.live.com"), (links.office, "outlook.office.com")):
        asked = ask(link)
        assert urlsplit(link).hostname == host
        assert (asked["startdt"], asked["enddt"]) == ("2024-01-27T12:00:00Z", "2024-01-27T14:00:00Z")
        assert (asked["subject"], asked["location"]) == ("a & b + c***@***", "Room 1")


def test_whole_days_are_days() -> None:
    start = BEGIN.replace(hour=0)
    links = make_links(when=When(start, start + timedelta(days=2), all_day=True))

    assert ask(links.google)["dates"] == "20240127/20240129"
    assert (ask(links.outlook)["startdt"], ask(links.outlook)["allday"]) == ("2024-01-27", "true")


def test_blanks_are_no_plus_signs_and_long_details_are_left_out() -> None:
    links = make_links(links=tuple(Link(f"https://example.org/{number}") for number in range(60)))

    assert "+" not in links.google + links.outlook
    assert len(links.google) < 500
    assert links.file == "http://127.0.0.1:8000/reading-season4/reading-7.ics"
