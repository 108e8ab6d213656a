"""Confirming a registration: the link in the first mail leads to a button, and only the button confirms.

Programs that look at mails follow links, too; following one changes nothing, however often, and does not use it up.
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.store.keys import Purpose
from service.store.membership import confirm
from service.web.holder import Holder, find_holder
from service.web.parts import Parts
from service.web.views import Reader, SessionView, view_schedule

__all__ = ["ConfirmationPages"]


class ConfirmationPages:
    """Answers `/confirm/{token}`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Where these pages stand."""
        return [Route("/confirm/{token}", self.answer, methods=["GET", "POST"])]

    async def answer(self, request: Request) -> Response:
        """GET shows the button; POST confirms, and confirms again without harm."""
        parts = self._parts
        holder = await find_holder(request, parts, Purpose.CONFIRM)
        language = holder.visit.reader.language
        if request.method != "POST":
            return HTMLResponse(
                parts.pages.render("confirm.html", language, languages=holder.visit.languages, series=holder.series)
            )
        now = parts.now()
        person = await parts.database.write(lambda connection: confirm(connection, parts.keys, holder.participant, now))
        parts.wake()
        token = parts.keys.token(Purpose.PREFERENCES, person.id, person.generation)
        return HTMLResponse(
            parts.pages.render(
                "confirmed.html",
                language,
                series=holder.series,
                preferences=f"{parts.pages.root}/me/{token}",
                next=self._find_next(holder),
            )
        )

    def _find_next(self, holder: Holder) -> SessionView | None:
        published = self._parts.shelf.published(holder.series.slug)
        if published is None:
            return None
        reader = Reader(holder.visit.reader.language, holder.participant.timezone)
        return view_schedule(holder.series, published.versions, now=self._parts.now(), reader=reader).next
