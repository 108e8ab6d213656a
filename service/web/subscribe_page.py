"""The page that helps to subscribe: one way per calendar program, and how soon each sees a change."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.messages.catalog import Catalog
from service.web.feed_links import FeedLinks, link_feed
from service.web.pages import Pages
from service.web.shelf import Shelf
from service.web.visit import receive

__all__ = ["PROGRAMS", "SubscribePage"]


@dataclass(frozen=True, slots=True)
class _Way:
    """How to subscribe with one program: what to do, how soon it sees a change, where its button leads, if anywhere."""

    program: str
    advice: str
    pace: str
    find: Callable[[FeedLinks], str] = lambda feed: ""


_GOOGLE_PACE, _MICROSOFT_PACE = "every 8 to 24 hours", "every 3 to 24 hours"

PROGRAMS: Final = (
    _Way("Google Calendar", "Opens Google Calendar in a browser on a computer.", _GOOGLE_PACE, attrgetter("google")),
    _Way(
        "Google Calendar: by hand",
        "If the button above does nothing: paste the address into the field “URL of calendar”.",
        _GOOGLE_PACE,
        attrgetter("google_by_hand"),
    ),
    _Way("iPhone, iPad, Mac", "Asks whether to add the calendar.", "as you set it, from hourly", attrgetter("apple")),
    _Way("Outlook.com", "For a private Microsoft account.", _MICROSOFT_PACE, attrgetter("outlook")),
    _Way("Microsoft 365", "For an account of a school or company.", _MICROSOFT_PACE, attrgetter("office")),
    _Way("Thunderbird", "New calendar, “On the network”: paste the address.", "every 30 minutes"),
    _Way("Android", "The app ICSx5 takes the address; so does Google Calendar on a computer.", "as you set it"),
)
"""Calendar programs; what is said of each is translated when it is shown."""


@dataclass(frozen=True, slots=True)
class _Shown:
    program: str
    advice: str
    pace: str
    address: str


class SubscribePage:
    """Answers `/{slug}/subscribe`."""

    def __init__(self, shelf: Shelf, pages: Pages) -> None:
        self._shelf = shelf
        self._pages = pages

    def routes(self) -> list[Route]:
        """Where this page stands."""
        return [Route("/{slug}/subscribe", self.show)]

    async def show(self, request: Request) -> Response:
        """The ways to subscribe to one series."""
        published = self._shelf.published(request.path_params["slug"])
        if published is None:
            raise HTTPException(404)
        series, feed = published.series, link_feed(published.series)
        visit = receive(request, self._pages, language=series.language)
        language = visit.reader.language
        ways = _say(feed, self._pages.catalog(language))
        page = self._pages.render(
            "subscribe.html", language, languages=visit.languages, series=series, feed=feed, ways=ways
        )
        return HTMLResponse(page, headers={"Cache-Control": "private, no-cache", "Vary": "Accept-Language"})


def _say(feed: FeedLinks, catalog: Catalog) -> list[_Shown]:
    return [
        _Shown(
            catalog.gettext(way.program),
            catalog.gettext(way.advice),
            catalog.gettext(way.pace),
            way.find(feed),
        )
        for way in PROGRAMS
    ]
