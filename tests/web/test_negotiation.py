"""What a client gets, and when it need not get it again."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.negotiation import choose_coding, is_current
from service.web.representation import Payload, Representation, name_file

FEED = Representation(
    payload=Payload(b"feed" * 100),
    modified=datetime(2024, 1, 27, 12, 0, 0, 999, tzinfo=UTC),
    disposition=name_file("inline", "season", "Season"),
)
TAG = FEED.plain.etag.decode()
BEFORE, SAME, AFTER = (f"Sat, 27 Jan 2024 {time} GMT" for time in ("11:59:59", "12:00:00", "12:00:01"))


@pytest.mark.parametrize(
    "accepted",
    [
        "gzip",
        "GZIP",
        "x-gzip",
        "deflate, gzip;q=1.0, *;q=0.5",
        "br;q=1, gzip ; q=0.1",
        "*",
        "gzip;q=0.8, identity;q=0.5",
    ],
)
def test_gzip_goes_to_who_accepts_it(accepted: str) -> None:
    assert choose_coding(FEED, accepted, "") is FEED.gzip


@pytest.mark.parametrize(
    "accepted",
    [
        "",
        "identity",
        "br",
        "gzip;q=0",
        "gzip;q=0.0, *",
        "*;q=0",
        "gzip;q=0.5, identity",
        "gzip;q=much",
        ";;,,=",
        "gzipped",
    ],
)
def test_all_others_get_it_plain(accepted: str) -> None:
    assert choose_coding(FEED, accepted, "") is FEED.plain


@pytest.mark.parametrize("agent", ["Microsoft.Exchange/15.20", "Microsoft Office/16.0 (Outlook 16.0)", "OUTLOOK-iOS"])
def test_microsofts_calendars_get_it_plain(agent: str) -> None:
    assert choose_coding(FEED, "gzip", agent) is FEED.plain


@pytest.mark.parametrize("tags", [TAG, f"W/{TAG}", f'"other", W/"x,y" , {TAG}', "*", " * "])
def test_a_known_tag_is_current(tags: str) -> None:
    assert is_current(FEED, FEED.plain, tags, None)


@pytest.mark.parametrize("tags", ["", '"other"', TAG.strip('"'), TAG[:-1] + '-gz"', "**"])
def test_an_unknown_tag_is_not(tags: str) -> None:
    assert not is_current(FEED, FEED.plain, tags, None)


def test_a_tag_of_one_coding_says_nothing_of_the_other() -> None:
    assert not is_current(FEED, FEED.gzip, TAG, None)
    assert is_current(FEED, FEED.gzip, FEED.gzip.etag.decode(), None)


@pytest.mark.parametrize(("since", "current"), [(BEFORE, False), (SAME, True), (AFTER, True)])
def test_a_date_is_current_from_the_last_change_on(since: str, current: bool) -> None:
    assert is_current(FEED, FEED.plain, None, since) is current


@pytest.mark.parametrize(
    "since", ["", "yesterday", "2024-01-27T12:00:00Z", "Sat, 99 Jan 2024 12:00:00 GMT", "0", "\x00"]
)
def test_a_date_that_is_none_counts_for_nothing(since: str) -> None:
    assert not is_current(FEED, FEED.plain, None, since)


@given(*[st.text(st.characters(codec="latin-1") | st.sampled_from('gzip;q=.*,W/"'), max_size=40)] * 4)
def test_no_header_is_an_error(accepted: str, agent: str, tags: str, since: str) -> None:
    coded = choose_coding(FEED, accepted, agent)
    assert not is_current(FEED, coded, f"{tags}x", since) or "*" in tags or coded.etag.decode() in tags
    is_current(FEED, coded, None, since)
    is_current(FEED, coded, None, f"Sat, 27 Jan 2024 12:00:00 {since}")


def test_a_tag_decides_alone() -> None:
    assert not is_current(FEED, FEED.plain, '"other"', AFTER)
    assert is_current(FEED, FEED.plain, TAG, BEFORE)


def test_without_conditions_nothing_is_current() -> None:
    assert not is_current(FEED, FEED.plain, None, None)
