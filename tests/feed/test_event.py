"""One session as a VEVENT."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from service.feed.event import is_called_off, render_event
from service.schedule.series import Series
from service.schedule.session import Link, Session, Status
from service.schedule.version import Version
from tests.feed.season import PUBLISHED, SEOUL, make_series, make_version, make_when

SESSION = Session(title="첫 모임", when=make_when())
ONLINE = "https://meet.example.org/room"


def read(version: Version, series: Series | None = None) -> Any:
    return icalendar.Event.from_ical(render_event(version, series or make_series()))


def test_identity_and_revision_are_the_versions() -> None:
    event = read(make_version(id="k3m7q2ab", sequence=4))
    assert event["UID"] == "k3m7q2ab@bell.example.org"
    assert event["SEQUENCE"] == 4
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == PUBLISHED


def test_the_time_is_the_wall_clocks_of_its_zone() -> None:
    rendered = render_event(make_version(), make_series())
    assert b"DTSTART;TZID=Asia/Seoul:20240127T210000\r\n" in rendered
    assert b"DTEND;TZID=Asia/Seoul:20240127T230000\r\n" in rendered


def test_an_all_day_session_has_dates_and_an_exclusive_end() -> None:
    when = make_when(datetime(2024, 3, 1, tzinfo=SEOUL), timedelta(days=2), all_day=True)
    rendered = render_event(make_version(replace(SESSION, when=when)), make_series())
    assert b"DTSTART;VALUE=DATE:20240301\r\n" in rendered
    assert b"DTEND;VALUE=DATE:20240303\r\n" in rendered


def test_an_all_day_session_lasts_a_day_at_least() -> None:
    when = make_when(datetime(2024, 3, 1, tzinfo=SEOUL), timedelta(0), all_day=True)
    assert b"DTEND;VALUE=DATE:20240302\r\n" in render_event(make_version(replace(SESSION, when=when)), make_series())


def test_a_session_without_length_has_no_end() -> None:
    assert "DTEND" not in read(make_version(replace(SESSION, when=make_when(lasts=timedelta(0)))))


def test_start_and_end_are_told_in_one_way() -> None:
    when = make_when(datetime(2024, 11, 3, 1, 30, tzinfo=ZoneInfo("America/New_York")))
    rendered = render_event(make_version(replace(SESSION, when=when)), make_series())
    assert b"DTSTART:20241103T053000Z\r\n" in rendered
    assert b"DTEND:20241103T073000Z\r\n" in rendered


def test_utc_stays_utc() -> None:
    when = make_when(datetime(2024, 3, 1, 9, tzinfo=ZoneInfo("UTC")))
    assert b"DTSTART:20240301T090000Z\r\n" in render_event(make_version(replace(SESSION, when=when)), make_series())


@pytest.mark.parametrize(
    ("status", "told", "transparency", "busy"),
    [
        (Status.CONFIRMED, "CONFIRMED", "OPAQUE", "BUSY"),
        (Status.TENTATIVE, "TENTATIVE", "OPAQUE", "TENTATIVE"),
        (Status.CANCELLED, "CANCELLED", "TRANSPARENT", "FREE"),
    ],
)
def test_the_status_is_told_in_every_way_there_is(status: Status, told: str, transparency: str, busy: str) -> None:
    event = read(make_version(replace(SESSION, status=status)))
    assert (event["STATUS"], event["TRANSP"], event["X-MICROSOFT-CDO-BUSYSTATUS"]) == (told, transparency, busy)


@pytest.mark.parametrize(("language", "title"), [("ko", "[취소] 첫 모임"), ("en", "[Cancelled] 첫 모임")])
def test_a_cancelled_session_says_so_in_its_title(language: str, title: str) -> None:
    version = make_version(replace(SESSION, status=Status.CANCELLED))
    assert read(version, make_series(language=language))["SUMMARY"] == title


@pytest.mark.parametrize(("kind", "title"), [("overview", "overview"), ("", "논문 읽기 시즌 4")])
def test_a_session_without_a_title_is_called_by_its_type_or_series(kind: str, title: str) -> None:
    assert read(make_version(replace(SESSION, title="", type=kind)))["SUMMARY"] == title


def test_a_withdrawn_session_reads_as_cancelled() -> None:
    version = make_version(withdrawn=True)
    assert is_called_off(version)
    assert read(version)["STATUS"] == "CANCELLED"


@pytest.mark.parametrize(
    ("place", "location", "join_url", "told"),
    [
        ("301호", "도서관", ONLINE, "301호"),
        ("", "도서관", ONLINE, "도서관"),
        ("", "", ONLINE, ONLINE),
        ("", "", "", None),
    ],
)
def test_the_nearest_place_is_told_and_at_last_the_link(
    place: str, location: str, join_url: str, told: str | None
) -> None:
    event = read(make_version(replace(SESSION, place=place)), make_series(location=location, join_url=join_url))
    assert event.get("LOCATION") == told


def test_the_description_starts_with_how_to_join_and_ends_with_the_page() -> None:
    session = replace(
        SESSION,
        speakers=("하늘", "바다"),
        affiliation="한빛대학교",
        links=(Link("https://papers.example.org/1", "논문"), Link("https://slides.example.org/1")),
        note="질문을 적어 오세요",
    )
    event = read(make_version(session, id="k3m7q2ab"), make_series(join_url=ONLINE))
    assert event["DESCRIPTION"].splitlines() == [
        ONLINE,
        "발표: 하늘, 바다 (한빛대학교)",
        "논문: https://papers.example.org/1",
        "https://slides.example.org/1",
        "질문을 적어 오세요",
        "일정: https://bell.example.org/season#k3m7q2ab",
    ]
    assert event["URL"] == "https://bell.example.org/season#k3m7q2ab"
    assert event["CONFERENCE"] == ONLINE


def test_the_type_is_the_category() -> None:
    event = read(make_version(replace(SESSION, type="SFT, 지시")))
    assert event["CATEGORIES"].cats == ["SFT, 지시"]


def test_addresses_in_texts_are_masked() -> None:
    session = replace(SESSION, title="mail ada@example.org", note="or bob@example.org", speakers=("ada@example.org",))
    assert b"@example.org" not in render_event(make_version(session), make_series()).replace(b"\r\n ", b"")


def test_a_session_without_a_date_is_an_error() -> None:
    with pytest.raises(ValueError, match="has no date"):
        render_event(make_version(replace(SESSION, when=None)), make_series())
