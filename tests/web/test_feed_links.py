"""Links to a feed: the addresses that calendar programs take."""

from urllib.parse import parse_qs, urlsplit

from service.web.feed_links import link_feed
from tests.web.season import make_series

LINKS = link_feed(make_series(url="https://bell.example.org/reading-season4"))
WEBCAL = "webcal://bell.example.org/reading-season4.ics"


def test_the_feed_has_one_address() -> None:
    assert LINKS.address == "https://bell.example.org/reading-season4.ics"
    assert LINKS.download == "https://bell.example.org/reading-season4/download.ics"
    assert LINKS.apple == WEBCAL


def test_google_is_given_the_webcal_address_encoded() -> None:
    assert LINKS.google == (
        "https://calendar.google.com/calendar/u/0/r?cid=webcal%3A%2F%2Fbell.example.org%2Freading-season4.ics"
    )


def test_outlook_is_given_address_and_name() -> None:
    for link, host in ((LINKS.outlook, "outlook.live.com"), (LINKS.office, "outlook.office.com")):
        parts = urlsplit(link)

        assert (parts.hostname, parts.path) == (host, "/calendar/0/addfromweb/")
        assert parse_qs(parts.query) == {"url": [WEBCAL], "name": [make_series().title]}
        assert "+" not in link
