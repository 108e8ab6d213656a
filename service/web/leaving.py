"""Unsubscribing: by the button of a page, or by one click in the mail program (RFC 8058); and coming back."""

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.store.keys import Purpose
from service.store.membership import confirm, may_return, unsubscribe
from service.web.holder import Holder, find_holder
from service.web.parts import Parts

__all__ = ["ONE_CLICK", "LeavingPages", "show_farewell"]

ONE_CLICK: Final = "/unsubscribe/"
"""Where mail providers post for their users."""


class LeavingPages:
    """Answers `/unsubscribe/{token}` and `/undo/{token}`.

    A mail provider that posts for its user brings no cookie, no Origin and any kind of body: the token alone counts.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Where these pages stand."""
        return [
            Route(ONE_CLICK + "{token}", self.leave, methods=["GET", "POST"]),
            Route("/undo/{token}", self.return_, methods=["POST"]),
        ]

    async def leave(self, request: Request) -> Response:
        """GET shows the button (or that it is done already); POST unsubscribes, once or many times."""
        holder = await find_holder(request, self._parts, Purpose.UNSUBSCRIBE)
        if request.method != "POST":
            return show_farewell(self._parts, holder, is_over=not holder.is_registered)
        now = self._parts.now()
        person = await self._parts.database.write(lambda connection: unsubscribe(connection, holder.participant, now))
        return show_farewell(self._parts, holder.as_of(person), is_over=True)

    async def return_(self, request: Request) -> Response:
        """Take back an unsubscription: the person's choices hold again, from now on.

        After seven days the page says that it is too late (410).
        """
        holder = await find_holder(request, self._parts, Purpose.UNSUBSCRIBE)
        parts, now = self._parts, self._parts.now()
        if not may_return(holder.participant, now):
            return show_farewell(parts, holder, is_over=True, status=410)
        await parts.database.write(lambda connection: confirm(connection, parts.keys, holder.participant, now))
        parts.wake()
        return HTMLResponse(parts.pages.render("resubscribed.html", holder.visit.reader.language, series=holder.series))


def show_farewell(parts: Parts, holder: Holder, *, is_over: bool, status: int = 200) -> Response:
    """The page to unsubscribe, or, if that `is_over`, the one that says so and offers to undo it in time."""
    person = holder.participant
    page = parts.pages.render(
        "unsubscribe.html",
        holder.visit.reader.language,
        languages=() if is_over else holder.visit.languages,
        series=holder.series,
        is_over=is_over,
        may_return=may_return(person, parts.now()),
        token=parts.keys.token(Purpose.UNSUBSCRIBE, person.id, person.generation),
    )
    return HTMLResponse(page, status)
