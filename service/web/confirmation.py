"""Confirming a registration: the link in the first mail leads to a button, and only the button confirms.

Programs that look at mails follow links, too; following one changes nothing, however often, and does not use it up. The
button works for whoever was shown the page a second ago or longer: some programs press what they find at once.
"""

from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.store.keys import Purpose
from service.store.membership import confirm
from service.web.form import FormAge, FormTokens, read_form
from service.web.holder import Holder, find_holder
from service.web.parts import Parts
from service.web.views import Reader, SessionView, view_schedule

__all__ = ["ConfirmationPages"]

_A_LOOK: Final = timedelta(seconds=1)


class ConfirmationPages:
    """Answers `/confirm/{token}`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Where these pages stand."""
        return [Route("/confirm/{token}", self.answer, methods=["GET", "POST"])]

    async def answer(self, request: Request) -> Response:
        """GET shows the button; POST confirms, and confirms again without harm. 422 if the button is to be pressed
        once more."""
        holder = await find_holder(request, self._parts, Purpose.CONFIRM)
        now = self._parts.real_now()
        tokens = FormTokens(self._parts.keys, about=request.path_params["token"], first=_A_LOOK)
        if request.method != "POST":
            return self._ask(holder, tokens.issue(now))
        token = (await read_form(request)).line("form")
        age = tokens.judge(token, now)
        if age is not FormAge.RIGHT:
            return self._ask(holder, token if age is FormAge.EARLY else tokens.issue(now), is_again=True)
        return await self._confirm(holder)

    def _ask(self, holder: Holder, token: str, *, is_again: bool = False) -> Response:
        page = self._parts.pages.render(
            "confirm.html",
            holder.visit.reader.language,
            languages=() if is_again else holder.visit.languages,
            series=holder.series,
            form_token=token,
            is_again=is_again,
        )
        return HTMLResponse(page, 422 if is_again else 200)

    async def _confirm(self, holder: Holder) -> Response:
        parts, now = self._parts, self._parts.now()
        person = await parts.database.write(lambda connection: confirm(connection, parts.keys, holder.participant, now))
        parts.wake()
        token = parts.keys.token(Purpose.PREFERENCES, person.id, person.generation)
        page = parts.pages.render(
            "confirmed.html",
            holder.visit.reader.language,
            series=holder.series,
            preferences=f"{parts.pages.root}/me/{token}",
            next=self._find_next(holder),
        )
        return HTMLResponse(page)

    def _find_next(self, holder: Holder) -> SessionView | None:
        published = self._parts.shelf.published(holder.series.slug)
        if published is None:
            return None
        reader = Reader(holder.visit.reader.language, holder.participant.timezone)
        return view_schedule(holder.series, published.versions, now=self._parts.now(), reader=reader).next
