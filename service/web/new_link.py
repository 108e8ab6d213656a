"""New links: by mail for whoever has lost the one to their preferences, and at once for whoever gave it away."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.store.database import DatabaseTrouble
from service.store.keys import Purpose
from service.store.limits import Answer, Asked, judge
from service.store.registration import send_link
from service.store.wishes import renew_links
from service.web.address import BadAddress, read_address
from service.web.form import Form, FormAge, FormTokens, draw_sum, read_form
from service.web.holder import find_holder
from service.web.languages import choose_language
from service.web.parts import Parts
from service.web.visit import locate, receive

__all__ = ["NewLinkPages"]

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """The form's fields as typed, cleaned."""

    email: str
    token: str
    answer: str
    language: str
    is_trapped: bool


class NewLinkPages:
    """Answers `/new-link` and `/me/{token}/renew`. No answer depends on whether an address is known."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tokens = FormTokens(parts.keys, about="new-link")

    def routes(self) -> list[Route]:
        """Where these pages stand."""
        return [
            Route("/new-link", self.ask),
            Route("/new-link", self.take, methods=["POST"]),
            Route("/me/{token}/renew", self.renew, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """The form."""
        parts = self._parts
        visit = receive(request, parts.pages, language=parts.language)
        page = parts.pages.render(
            "new_link.html",
            visit.reader.language,
            languages=visit.languages,
            email="",
            problem="",
            form_token=self._tokens.issue(parts.real_now()),
            summands=(),
        )
        return HTMLResponse(page)

    async def take(self, request: Request) -> Response:
        """Send the link: 202 whether the address is known or not, 422 if a person has to do something.

        Raises HTTPException 429 and 503 as registering does.
        """
        if self._parts.is_restrained():
            raise HTTPException(503, headers={"Retry-After": "600"})
        wish = self._read(await read_form(request), request)
        if wish.is_trapped:
            return self._promise(wish)
        age = self._tokens.judge(wish.token, self._parts.real_now())
        if age is not FormAge.RIGHT:
            return self._ask_again(wish, age.value)
        try:
            address = read_address(wish.email)
        except BadAddress:
            return self._ask_again(wish, "email")
        asked, now = self._read_asked(request, wish, address), self._parts.now()
        answer = await self._parts.database.read(lambda connection: judge(connection, self._parts.keys, asked, now))
        if answer is Answer.TOO_MANY:
            raise HTTPException(429, headers={"Retry-After": "3600"})
        if answer is Answer.DOUBT:
            return self._ask_again(wish, "doubt")
        return self._promise(wish, BackgroundTask(self._send, asked, now))

    async def renew(self, request: Request) -> Response:
        """Give the person new links, and show the one that replaces this."""
        parts, holder = self._parts, await find_holder(request, self._parts, Purpose.PREFERENCES)
        person = await parts.database.write(
            lambda connection: renew_links(connection, parts.keys, holder.participant, parts.now())
        )
        address = f"{parts.base_url}/me/{parts.keys.token(Purpose.PREFERENCES, person.id, person.generation)}"
        return HTMLResponse(parts.pages.render("renewed.html", holder.visit.reader.language, address=address))

    async def _send(self, asked: Asked, now: datetime) -> None:
        """After the answer, because how long it takes tells whether the address is known."""
        parts, until = self._parts, now + self._parts.confirm_within
        try:
            await parts.database.write(
                lambda connection: send_link(connection, parts.keys, asked, now=now, until=until)
            )
        except DatabaseTrouble as trouble:
            _log.warning("a link was not sent: %s", trouble)
        else:
            parts.wake()

    def _read_asked(self, request: Request, wish: _Wish, address: str) -> Asked:
        summands = draw_sum(self._parts.keys, wish.token, wish.email)
        return Asked(
            address=address,
            client=locate(request, self._parts.trusted_proxies),
            is_person=wish.answer == str(sum(summands)),
        )

    def _read(self, form: Form, request: Request) -> _Wish:
        parts, accepted = self._parts, request.headers.get("accept-language", "")
        return _Wish(
            email=form.line("email"),
            token=form.line("form"),
            answer=form.line("answer", 8),
            language=choose_language(form.line("lang"), accepted, parts.language, parts.pages.languages),
            is_trapped=bool(form.line("homepage")),
        )

    def _ask_again(self, wish: _Wish, problem: str) -> Response:
        is_late = problem == FormAge.LATE.value
        page = self._parts.pages.render(
            "new_link.html",
            wish.language,
            email=wish.email,
            problem=problem,
            form_token=self._tokens.issue(self._parts.real_now()) if is_late else wish.token,
            summands=draw_sum(self._parts.keys, wish.token, wish.email),
        )
        return HTMLResponse(page, 422)

    def _promise(self, wish: _Wish, afterwards: BackgroundTask | None = None) -> Response:
        return HTMLResponse(self._parts.pages.render("link_sent.html", wish.language), 202, background=afterwards)
