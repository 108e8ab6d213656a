"""The organiser's desk: everything that matters at one glance, and the few things that only a person can decide."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from service.store.amending import NotAmendable, retry
from service.store.crowds import list_crowds
from service.store.overview import find_alike, look
from service.store.revisions import accept
from service.web.desk_door import Door
from service.web.desk_view import Desk, DeskView, name_speakers, view_desk
from service.web.form import Form, read_form
from service.web.parts import Parts
from service.web.teller import Teller
from service.web.visit import Visit, receive

__all__ = ["DeskPages"]

_BATCH: Final = 100
_LONGEST_NUMBER: Final = 9
_SAID: Final = frozenset({"accepted", "retried", "nothing"})

Act = Callable[[Request, str, Form], Awaitable[Response]]
"""What is done for whoever holds a session, with the form that was sent (an empty one, if it was a page)."""


class DeskPages:
    """Answers `/desk` and what is below it. Whoever has no session sees nothing but how to get one."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._door = Door(parts)

    def routes(self) -> list[Route]:
        """Where the desk stands."""
        return [
            Route("/desk/open/{token}", self.open, methods=["GET", "POST"]),
            Route("/desk", self._inside(self.show)),
            Route("/desk/accept", self._inside(self.accept), methods=["POST"]),
            Route("/desk/retry", self._inside(self.retry), methods=["POST"]),
            Route("/desk/close", self._inside(self.close), methods=["POST"]),
        ]

    async def open(self, request: Request) -> Response:
        """GET shows a button, however often; POST opens the desk for this browser, once."""
        token = request.path_params["token"]
        if request.method != "POST":
            if not await self._door.has(token):
                return self._stay_closed(request, 404)
            return self._render(request, "desk_open.html")
        session = await self._door.open_with(token)
        if session is None:
            return self._stay_closed(request, 404)
        response = self._lead_back(request)
        self._door.hand_key(response, session)
        return response

    async def show(self, request: Request, session: str, form: Form) -> Response:
        """The desk."""
        visit = self._receive(request)
        said = request.query_params.get("said", "")
        told = {
            "desk": await self._look(visit),
            "health": await self._parts.health(),
            "form_token": self._door.form_token(session),
            "said": said if said in _SAID else "",
        }
        return await asyncio.to_thread(partial(self._render, request, "desk.html", 200, **told))

    async def accept(self, request: Request, session: str, form: Form) -> Response:
        """Publish an edit that waits: the one that was seen, and no other that came after it."""
        slug, edit = form.line("series"), form.line("edit")
        await self._parts.database.write(lambda connection: accept(connection, slug, edit))
        self._parts.wake()
        return self._lead_back(request, "accepted")

    async def retry(self, request: Request, session: str, form: Form) -> Response:
        """Send once more what went wrong in the same way as one delivery."""
        number, parts = form.line("delivery"), self._parts
        if not number.isdecimal() or len(number) > _LONGEST_NUMBER:
            return self._lead_back(request, "nothing")
        alike = await parts.database.read(lambda connection: find_alike(connection, int(number)))
        count = 0
        for start in range(0, len(alike), _BATCH):  # other writers get in between
            some = alike[start : start + _BATCH]
            count += await parts.database.write(partial(_retry_all, numbers=some, now=parts.now()))
        parts.wake()
        return self._lead_back(request, "retried" if count else "nothing")

    async def close(self, request: Request, session: str, form: Form) -> Response:
        """End the session."""
        await self._door.close(session)
        response = self._stay_closed(request, 200)
        self._door.take_key(response)
        return response

    def _inside(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        """`act`, for whoever holds a session; and what is posted must be a form of that session."""

        async def answer(request: Request) -> Response:
            session = await self._door.find_session(request)
            if session is None:
                return self._stay_closed(request, 403)
            form = await read_form(request) if request.method == "POST" else Form({})
            if request.method == "POST" and not self._door.admits(form.line("form"), session):
                return self._stay_closed(request, 403)
            return await act(request, session, form)

        return answer

    async def _look(self, visit: Visit) -> DeskView:
        parts, now = self._parts, self._parts.now()
        found = {slug: one for slug in parts.shelf.slugs() if (one := parts.shelf.published(slug))}
        speakers = await asyncio.to_thread(name_speakers, found, now)
        overview, crowds = await parts.database.read(
            lambda connection: (look(connection, now), list_crowds(connection, speakers))
        )
        desk = Desk(
            published=found,
            crowds=crowds,
            rules=parts.rules,
            speaker_rules=parts.speaker_rules,
            noted={slug: parts.fetches.last(slug) for slug in found},
        )
        catalog = parts.pages.catalog(visit.reader.language)
        # A thousand series take seconds, here and to render, which calendars and readers must not wait for.
        return await asyncio.to_thread(view_desk, desk, overview, Teller(visit.reader, now), catalog)

    def _receive(self, request: Request) -> Visit:
        """A visit in the time zone of the first series."""
        shelf = self._parts.shelf
        first = next((one for slug in shelf.slugs() if (one := shelf.published(slug))), None)
        timezone = first.series.timezone if first else "UTC"
        return receive(request, self._parts.pages, language=self._parts.language, timezone=timezone)

    def _stay_closed(self, request: Request, status: int) -> Response:
        return self._render(request, "desk_closed.html", status, was_open=status == 200)

    def _render(self, request: Request, name: str, status: int = 200, /, **values: object) -> Response:
        visit = self._receive(request)
        languages = visit.languages if request.method == "GET" else ()
        page = self._parts.pages.render(name, visit.reader.language, languages=languages, **values)
        return HTMLResponse(page, status)

    def _lead_back(self, request: Request, said: str = "") -> Response:
        """To the desk, in the language that was read, with a word on what was done."""
        query = {"lang": self._receive(request).reader.language} | ({"said": said} if said else {})
        return RedirectResponse(f"{self._parts.pages.root}/desk?{urlencode(query)}", 303)


def _retry_all(connection: Connection, numbers: Sequence[int], now: datetime) -> int:
    """Retry those that still can be; how many."""
    count = 0
    for number in numbers:
        with suppress(NotAmendable):
            retry(connection, number, now)
            count += 1
    return count
