"""Listings: what other programs are told."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from service.feed.listing import render_listing
from service.schedule.session import Link, Session, Status
from service.schedule.version import Version
from tests.feed.season import BEGIN, make_season, make_series, make_version, make_when


def read(*versions: Version) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render_listing(make_series(), versions))
    return document


def test_the_series_and_its_sessions_are_told_in_order() -> None:
    document = read(*make_season())

    assert (document["slug"], document["timezone"], document["modified"]) == (
        "season",
        "Asia/Seoul",
        "2024-01-02T03:04:05Z",
    )
    assert [session["id"] for session in document["sessions"]] == [f"week{week:04}" for week in range(1, 22)]


def test_a_session_is_told_with_all_that_is_known() -> None:
    session = Session(
        title="첫 모임",
        when=make_when(),
        number="1",
        type="논문",
        speakers=("하늘",),
        affiliation="한빛대학교",
        place="Room 1",
        links=(Link("https://a.example.org", "논문"),),
        note="책",
        status=Status.TENTATIVE,
    )

    [told] = read(make_version(session, sequence=3))["sessions"]

    assert told == {
        "id": "aaaa0001",
        "uid": "aaaa0001@bell.example.org",
        "url": "https://bell.example.org/season#aaaa0001",
        "number": "1",
        "type": "논문",
        "title": "첫 모임",
        "speakers": ["하늘"],
        "affiliation": "한빛대학교",
        "starts": "2024-01-27T21:00:00+09:00",
        "ends": "2024-01-27T23:00:00+09:00",
        "all_day": False,
        "place": "Room 1",
        "links": [{"url": "https://a.example.org", "label": "논문"}],
        "note": "책",
        "status": "tentative",
        "sequence": 3,
        "modified": "2024-01-02T03:04:05Z",
    }


def test_days_are_dates_and_what_is_unknown_is_null() -> None:
    day = make_when(BEGIN.replace(hour=0), timedelta(days=1), all_day=True)
    whole, undated = read(make_version(Session(title="x", when=day)), make_version(Session(title="y")))["sessions"]

    assert (whole["starts"], whole["ends"], whole["all_day"]) == ("2024-01-27", "2024-01-28", True)
    assert (undated["starts"], undated["ends"]) == (None, None)


def test_what_was_withdrawn_is_cancelled() -> None:
    [told] = read(make_version(withdrawn=True))["sessions"]

    assert told["status"] == "cancelled"


def test_nobody_finds_a_mail_address() -> None:
    session = Session(title="a@example.org", when=make_when(), speakers=("b@example.org",), note="c@example.org")

    assert b"@example.org" not in render_listing(make_series(), [make_version(session)]).replace(b"@bell.", b"")


def test_equal_values_give_equal_bytes_and_a_change_dates_it() -> None:
    later = datetime(2024, 2, 1, tzinfo=UTC)

    assert render_listing(make_series(), make_season()) == render_listing(make_series(), make_season())
    assert read(replace(make_version(), modified=later))["modified"] == "2024-02-01T00:00:00Z"
