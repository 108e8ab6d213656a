"""Registering: what the form on the schedule page is answered.

The answer never depends on whether the address is known, and nothing is stored that a person did not send.
"""

from dataclasses import dataclass, replace
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.store.limits import Answer
from service.store.registration import Registration, register
from service.web.address import BadAddress, read_address
from service.web.form import Form, FormAge, FormTokens, draw_sum, read_form
from service.web.languages import choose_language
from service.web.parts import Parts
from service.web.shelf import Published
from service.web.visit import locate
from service.web.zones import is_offered

__all__ = ["RegistrationPages"]

_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """The form's fields as typed, cleaned; `language` is that of the mails, `page_language` that of the page."""

    email: str
    name: str
    language: str
    timezone: str
    page_language: str
    token: str
    answer: str
    is_trapped: bool


class RegistrationPages:
    """Answers `POST /{slug}/participants`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tokens = FormTokens(parts.keys)

    def routes(self) -> list[Route]:
        """Where the form is sent to."""
        return [Route("/{slug}/participants", self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """Take a registration: 202 whether the address is known or not, 422 if a person has to do something.

        Raises HTTPException 429 when this network, or everybody together, asked too often, and 503 while no mail may
        leave, that with the link included.
        """
        published = self._parts.shelf.published(request.path_params["slug"])
        if published is None:
            raise HTTPException(404)
        if self._parts.is_restrained():
            raise HTTPException(503, headers={"Retry-After": "600"})
        wish = self._read(await read_form(request), request, published)
        if wish.is_trapped:
            return self._welcome(published, wish)
        problem, address = self._find_problem(wish, published.series.timezone)
        if problem:
            return self._ask_again(published, wish, problem)
        answer = await self._register(request, published, wish, address)
        if answer is Answer.TOO_MANY:
            raise HTTPException(429, headers={"Retry-After": "3600"})
        if answer is Answer.DOUBT:
            return self._ask_again(published, wish, "doubt")
        self._parts.wake()
        return self._welcome(published, wish)

    async def _register(self, request: Request, published: Published, wish: _Wish, address: str) -> Answer:
        parts, now = self._parts, self._parts.now()
        registration = Registration(
            series=published.series.slug,
            address=address,
            name=wish.name,
            language=wish.language,
            timezone=wish.timezone,
            client=locate(request, parts.trusted_proxies),
            is_person=wish.answer == str(sum(draw_sum(parts.keys, wish.token, wish.email))),
        )
        until = now + parts.confirm_within
        return await parts.database.write(
            lambda connection: register(connection, parts.keys, registration, now=now, until=until)
        )

    def _read(self, form: Form, request: Request, published: Published) -> _Wish:
        pages, series = self._parts.pages, published.series
        accepted = request.headers.get("accept-language", "")
        page_language = choose_language(form.line("lang"), accepted, series.language, pages.languages)
        return _Wish(
            email=form.line("email"),
            name=form.line("name", _LONGEST_NAME),
            language=choose_language(form.line("language"), "", page_language, pages.languages),
            timezone=form.line("timezone") or series.timezone,
            page_language=page_language,
            token=form.line("form"),
            answer=form.line("answer", 8),
            is_trapped=bool(form.line("homepage")),
        )

    def _find_problem(self, wish: _Wish, own_zone: str) -> tuple[str, str]:
        """What keeps the wish from being taken (empty: nothing), and the address in the form mail is sent to."""
        age = self._tokens.judge(wish.token, self._parts.real_now())
        if age is not FormAge.RIGHT:
            return age.value, ""
        if wish.timezone != own_zone and not is_offered(wish.timezone):
            return "timezone", ""
        try:
            return "", read_address(wish.email)
        except BadAddress:
            return "email", ""

    def _ask_again(self, published: Published, wish: _Wish, problem: str) -> Response:
        """The page for a person who was too quick or too slow, mistyped, or has to show that it is no program.

        A form that is not too old keeps its age.
        """
        token = self._tokens.issue(self._parts.real_now()) if problem == FormAge.LATE.value else wish.token
        shown = wish if is_offered(wish.timezone) else replace(wish, timezone=published.series.timezone)
        page = self._parts.pages.render(
            "again.html",
            wish.page_language,
            series=published.series,
            form=shown,
            problem=problem,
            form_token=token,
            summands=draw_sum(self._parts.keys, wish.token, wish.email),
        )
        return HTMLResponse(page, 422)

    def _welcome(self, published: Published, wish: _Wish) -> Response:
        page = self._parts.pages.render("registered.html", wish.page_language, series=published.series)
        return HTMLResponse(page, 202)
