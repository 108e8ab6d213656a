"""The schedule page of a series, and the list of all series."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.feed.structured import describe_events
from service.web.feed_links import link_feed
from service.web.form import FormTokens
from service.web.pages import LanguageChoice, Pages
from service.web.parts import Parts
from service.web.shelf import Published
from service.web.views import Reader, view_schedule
from service.web.visit import Visit, receive

__all__ = ["SchedulePages", "render_index", "render_schedule"]

_KEPT_FOR: Final = timedelta(minutes=1)
_MOST_KEPT: Final = 128
# Stands in a kept page where each reader's own form token belongs; no template or schedule can contain a NUL.
_TOKEN_PLACE: Final = "\x00"


def render_schedule(
    pages: Pages,
    published: Published,
    reader: Reader,
    *,
    now: datetime,
    languages: Sequence[LanguageChoice] = (),
    form_token: str = "",
) -> str:
    """The page of a series for `reader` at `now`. Without a form token it has no forms: a page for a static site."""
    series = published.series
    schedule = view_schedule(
        series, published.versions, now=now, reader=reader, asides=published.asides, stale_since=published.stale_since
    )
    coming = {session.id for session in schedule.coming}
    return pages.render(
        "schedule.html",
        reader.language,
        languages=languages,
        series=series,
        schedule=schedule,
        structured=Markup(
            describe_events(series, [one for one in published.versions if one.id in coming and one.session.meets])
        ),
        feed=link_feed(series),
        reader=reader,
        form_token=form_token,
    )


def render_index(
    pages: Pages,
    shelf: Sequence[Published],
    language: str,
    *,
    now: datetime,
    languages: Sequence[LanguageChoice] = (),
) -> str:
    """The list of all series, each with its next session in the series' own time zone."""
    summaries = [
        view_schedule(found.series, found.versions, now=now, reader=Reader(language, found.series.timezone))
        for found in shelf
    ]
    return pages.render("index.html", language, languages=languages, summaries=summaries)


@dataclass(frozen=True, slots=True)
class _Kept:
    published: Published
    until: datetime
    page: str


class SchedulePages:
    """Answers `/` and `/{slug}`. A page is rendered at most once a minute for each language and time zone."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tokens = FormTokens(parts.keys)
        self._kept: dict[tuple[str, Reader], _Kept] = {}

    def routes(self) -> list[Route]:
        """Where these pages stand; `/{slug}` takes every path of one segment that nothing else takes."""
        return [Route("/", self.show_index), Route("/{slug}", self.show_series)]

    async def show_index(self, request: Request) -> Response:
        """The list of series; if there is one only, its page."""
        parts = self._parts
        shelf = [found for slug in parts.shelf.slugs() if (found := parts.shelf.published(slug)) is not None]
        if len(shelf) == 1:
            return self._answer(request, shelf[0])
        visit = receive(request, parts.pages, language=parts.language)
        language, languages = visit.reader.language, visit.languages
        # A thousand series take seconds at the first time, which calendars must not wait for.
        page = await asyncio.to_thread(render_index, parts.pages, shelf, language, now=parts.now(), languages=languages)
        return _page(page)

    async def show_series(self, request: Request) -> Response:
        """The schedule page of the series."""
        published = self._parts.shelf.published(request.path_params["slug"])
        if published is None:
            raise HTTPException(404)
        return self._answer(request, published)

    def _answer(self, request: Request, published: Published) -> Response:
        series = published.series
        visit = receive(request, self._parts.pages, language=series.language, timezone=series.timezone)
        return _page(self._render(published, visit).replace(_TOKEN_PLACE, self._tokens.issue(self._parts.real_now())))

    def _render(self, published: Published, visit: Visit) -> str:
        now, key = self._parts.now(), (published.series.slug, visit.reader)
        kept = self._kept.get(key)
        if kept is None or kept.published is not published or not now < kept.until:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            page = render_schedule(
                self._parts.pages,
                published,
                visit.reader,
                now=now,
                languages=visit.languages,
                form_token=_TOKEN_PLACE,
            )
            kept = self._kept[key] = _Kept(published, now + _KEPT_FOR, page)
        return kept.page


def _page(text: str) -> Response:
    return HTMLResponse(text, headers={"Cache-Control": "private, no-cache", "Vary": "Accept-Language"})
