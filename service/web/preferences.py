"""Preferences: how a participant wants to be reminded, of which series, and when not."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.store.keys import Purpose
from service.store.membership import join_another, unsubscribe
from service.store.participants import everywhere
from service.store.wishes import introduce, pause, prefer, resume
from service.web.form import read_form
from service.web.holder import Holder, find_holder
from service.web.leaving import show_farewell
from service.web.parts import Parts
from service.web.preferences_form import UnclearWish, Wish, read_leads, read_pause, read_wish
from service.web.preferences_view import list_joinable, list_others, offer, take, view_own, view_pause

__all__ = ["PreferencePages"]


class PreferencePages:
    """Answers `/me/{token}` and its buttons. A POST does what it says and shows the page as it is then."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Where these pages stand."""
        return [
            Route("/me/{token}", self.answer, methods=["GET", "POST"]),
            Route("/me/{token}/pause", self.pause, methods=["POST"]),
            Route("/me/{token}/resume", self.resume, methods=["POST"]),
            Route("/me/{token}/join", self.join, methods=["POST"]),
            Route("/me/{token}/leave", self.leave, methods=["POST"]),
        ]

    async def answer(self, request: Request) -> Response:
        """GET shows what is chosen; POST saves it, or says what cannot be understood (422)."""
        holder = await self._find(request)
        if request.method != "POST":
            return await self._show(request, holder)
        wish = read_wish(await read_form(request), holder.participant, self._parts.pages.languages)
        try:
            leads = read_leads(wish)
        except UnclearWish as unclear:
            return await self._show(request, holder, wish, problem=unclear.problem)
        return await self._do(request, lambda connection: self._save(connection, holder, wish, leads))

    async def pause(self, request: Request) -> Response:
        """Send no reminders before the day `until`, or say that it is none (422)."""
        holder = await self._find(request)
        text, now = (await read_form(request)).line("until"), self._parts.now()
        try:
            until = read_pause(text, holder.participant.timezone, now)
        except UnclearWish as unclear:
            return await self._show(request, holder, problem=unclear.problem)
        return await self._do(request, lambda connection: pause(connection, holder.participant, until, now))

    async def resume(self, request: Request) -> Response:
        """End a pause before its time."""
        holder = await self._find(request)
        return await self._do(request, lambda connection: resume(connection, holder.participant, self._parts.now()))

    async def join(self, request: Request) -> Response:
        """Register for the `series` named, too, or again. Raises HTTPException 404 if there is none."""
        holder = await self._find(request)
        slug, parts = (await read_form(request)).line("series"), self._parts
        if parts.shelf.published(slug) is None:
            raise HTTPException(404)
        now, person = parts.now(), holder.participant
        return await self._do(request, lambda connection: join_another(connection, parts.keys, person, slug, now))

    async def leave(self, request: Request) -> Response:
        """Unsubscribe."""
        holder = await self._find(request)
        now = self._parts.now()
        person = await self._parts.database.write(lambda connection: unsubscribe(connection, holder.participant, now))
        return show_farewell(self._parts, holder.as_of(person), is_over=True)

    async def _find(self, request: Request) -> Holder:
        return await find_holder(request, self._parts, Purpose.PREFERENCES)

    def _save(self, connection: Connection, holder: Holder, wish: Wish, leads: str) -> None:
        now = self._parts.now()
        person = prefer(
            connection, holder.participant, leads=leads, digest=wish.digest, invitations=wish.invitations, now=now
        )
        introduce(connection, person, name=wish.name, language=wish.language, timezone=wish.timezone, now=now)

    async def _do(self, request: Request, wanted: Callable[[Connection], object]) -> Response:
        """Do what is wanted, and show what has come of it."""
        await self._parts.database.write(wanted)
        self._parts.wake()
        return await self._show(request, await self._find(request), is_saved=True)

    async def _show(
        self, request: Request, holder: Holder, form: Wish | None = None, *, problem: str = "", is_saved: bool = False
    ) -> Response:
        parts, language, person = self._parts, holder.visit.reader.language, holder.participant
        catalog, now = parts.pages.catalog(language), parts.now()
        people = await parts.database.read(lambda connection: everywhere(connection, person.address))
        values: dict[str, Any] = {
            "series": holder.series,
            "participant": person,
            "is_registered": holder.is_registered,
            "is_saved": is_saved,
            "problem": problem,
            "offered": offer(catalog),
            "own": take(parts, person, holder.series, catalog, form),
            "others": list_others(parts, holder, people, catalog),
            "joinable": list_joinable(parts, holder, people),
            "pause": view_pause(holder, now),
            "calendar": view_own(parts, holder, request.path_params["token"]),
            "languages": holder.visit.languages if request.method == "GET" else (),
        }
        return HTMLResponse(parts.pages.render("preferences.html", language, **values), 422 if problem else 200)
