"""Trouble: the pages that say why there is no answer, and what to do."""

from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from service.store.database import DatabaseTrouble
from service.web.holder import REPLACED_LINK, UNKNOWN_LINK
from service.web.pages import Pages
from service.web.visit import receive

__all__ = ["LINK_WORDS", "OTHER_WORDS", "OUR_WORDS", "WORDS", "TroublePages"]

WORDS: Final = {
    404: ("Nothing here", "Perhaps the address was copied only in part, or the series has another one now."),
    405: ("That does not work this way", "This address can be read, but nothing can be sent to it like this."),
    413: ("That was too much", "The form holds more than it can take. Shorten it and try again."),
    429: (
        "Too many registrations",
        "Many people registered just now, or one very often. Please try again in an hour.",
    ),
    503: ("Back in a moment", "Nothing was changed. Calendars still get their feeds; please try again in a minute."),
}
LINK_WORDS: Final = {
    UNKNOWN_LINK: (
        "This link does not work",
        "Perhaps it was copied only in part, or it has run out: one to confirm works for three days. "
        "Register again on the schedule's page to get a new one.",
    ),
    REPLACED_LINK: (
        "This link was replaced",
        "Its owner has asked for a new one. Mails that were sent since then have it.",
    ),
}
OTHER_WORDS: Final = ("That did not work", "The request could not be understood. Go back, reload the page, try again.")
OUR_WORDS: Final = ("Something broke", "That is our mistake, not yours. Please try again in a minute.")


class TroublePages:
    """Answers in place of a page that cannot be given."""

    def __init__(self, pages: Pages, language: str) -> None:
        self._pages = pages
        self._language = language

    async def refuse(self, request: Request, error: Exception) -> Response:
        """The page for a `starlette.exceptions.HTTPException`."""
        assert isinstance(error, HTTPException)
        link = LINK_WORDS.get(error.detail)
        words = link or WORDS.get(error.status_code, OTHER_WORDS)
        return self._answer(request, error.status_code, words, error.headers, is_link=link is not None)

    async def postpone(self, request: Request, error: Exception) -> Response:
        """The page for a `DatabaseTrouble`: nothing was kept, and a later attempt may succeed."""
        assert isinstance(error, DatabaseTrouble)
        return self._answer(request, 503, WORDS[503], {"Retry-After": "60"})

    async def apologise(self, request: Request, error: Exception) -> Response:
        """The page for a mistake of the program."""
        return self._answer(request, 500, OUR_WORDS, None)

    def _answer(
        self,
        request: Request,
        status: int,
        words: tuple[str, str],
        headers: Mapping[str, str] | None,
        *,
        is_link: bool = False,
    ) -> Response:
        visit = receive(request, self._pages, language=self._language)
        catalog = self._pages.catalog(visit.reader.language)
        heading, advice = (catalog.gettext(text) for text in words)
        page = self._pages.render(
            "trouble.html",
            visit.reader.language,
            status=status,
            heading=heading,
            advice=advice,
            offers_new_link=is_link,
        )
        return HTMLResponse(page, status, headers)
