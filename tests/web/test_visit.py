"""A visit: language, zone and network of a request."""

from starlette.requests import Request

from service.web.pages import Pages
from service.web.visit import locate, receive


def make_request(query: str = "", **headers: str) -> Request:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": query.encode(), "headers": named}
    return Request(scope | {"client": ("203.0.113.9", 4711)})


def test_a_participant_s_choice_comes_before_the_browser_s(pages: Pages) -> None:
    request = make_request(accept_language="en")

    assert receive(request, pages, language="en", chosen="ko").reader.language == "ko"
    assert receive(request, pages, language="ko").reader.language == "en"
    assert receive(make_request("lang=en"), pages, language="ko", chosen="ko").reader.language == "en"


def test_the_other_language_is_one_link_away_and_keeps_the_zone(pages: Pages) -> None:
    visit = receive(make_request("tz=Europe/Berlin"), pages, language="en")

    assert visit.reader.timezone == "Europe/Berlin"
    assert [choice.address for choice in visit.languages] == [
        "?lang=en&tz=Europe%2FBerlin",
        "?lang=ko&tz=Europe%2FBerlin",
    ]


def test_an_unknown_zone_is_that_of_the_series(pages: Pages) -> None:
    visit = receive(make_request("tz=Moon/Base"), pages, language="en", timezone="Asia/Seoul")

    assert visit.reader.timezone == "Asia/Seoul"
    assert all("tz" not in choice.address for choice in visit.languages)


def test_the_network_is_that_of_the_visitor_behind_our_proxies() -> None:
    request = make_request(x_forwarded_for="6.6.6.6, 198.51.100.7")

    assert locate(request, 0) == "203.0.113.0/24"
    assert locate(request, 1) == "198.51.100.0/24"
