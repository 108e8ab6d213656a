"""Preferences: how a participant wants to be reminded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.feed.words import choose_words
from service.messages.catalog import Catalog
from service.reminders.rule import Rule, parse_rules
from service.store.keys import Purpose
from service.store.membership import prefer, unsubscribe
from service.web.feed_links import FeedLinks, link_address
from service.web.form import Form, read_form
from service.web.holder import Holder, find_holder
from service.web.leaving import show_farewell
from service.web.parts import Parts
from service.web.personal_feed import OWN_ALARMS
from service.web.zones import is_offered

__all__ = ["WORDS", "PreferencePages", "name_rule"]

_OFFERED: Final = parse_rules("7d 3d 1d 3h 1h 30m 10m")
_MOST_RULES: Final = 8
_LONGEST_NAME: Final = 200
WORDS: Final = {
    "w": ("%(count)s week before", "%(count)s weeks before"),
    "d": ("%(count)s day before", "%(count)s days before"),
    "h": ("%(count)s hour before", "%(count)s hours before"),
    "m": ("%(count)s minute before", "%(count)s minutes before"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """The form's fields; `leads` are the ticked rules, `more` those typed."""

    name: str
    language: str
    timezone: str
    leads: tuple[str, ...]
    more: str


@dataclass(frozen=True, slots=True)
class _Choice:
    rule: str
    words: str


def name_rule(rule: Rule, catalog: Catalog) -> str:
    """A lead time in words: `1 day before`."""
    return catalog.ngettext(*WORDS[rule.unit], rule.amount) % {"count": rule.amount}


class PreferencePages:
    """Answers `/me/{token}`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Where these pages stand."""
        return [
            Route("/me/{token}", self.answer, methods=["GET", "POST"]),
            Route("/me/{token}/leave", self.leave, methods=["POST"]),
        ]

    async def answer(self, request: Request) -> Response:
        """GET shows what is chosen; POST saves it, or says what cannot be understood (422)."""
        holder = await find_holder(request, self._parts, Purpose.PREFERENCES)
        if request.method != "POST":
            return self._show(request, holder, _read_choice(holder))
        wish = _read_wish(await read_form(request), holder, self._parts.pages.languages)
        try:
            rules = parse_rules(" ".join((*wish.leads, wish.more)))
        except ValueError:
            return self._show(request, holder, wish, problem="leads")
        if len(rules) > _MOST_RULES:
            return self._show(request, holder, wish, problem="many")
        return await self._save(request, holder, wish, " ".join(map(str, rules)))

    async def leave(self, request: Request) -> Response:
        """Unsubscribe."""
        holder = await find_holder(request, self._parts, Purpose.PREFERENCES)
        now = self._parts.now()
        await self._parts.database.write(lambda connection: unsubscribe(connection, holder.participant, now))
        return show_farewell(self._parts, holder, is_over=True)

    async def _save(self, request: Request, holder: Holder, wish: _Wish, leads: str) -> Response:
        now = self._parts.now()
        await self._parts.database.write(
            lambda connection: prefer(
                connection,
                holder.participant,
                name=wish.name,
                language=wish.language,
                timezone=wish.timezone,
                leads=leads,
                now=now,
            )
        )
        self._parts.wake()
        saved = await find_holder(request, self._parts, Purpose.PREFERENCES)
        return self._show(request, saved, _read_choice(saved), is_saved=True)

    def _show(
        self, request: Request, holder: Holder, form: _Wish, *, problem: str = "", is_saved: bool = False
    ) -> Response:
        pages, language = self._parts.pages, holder.visit.reader.language
        catalog = pages.catalog(language)
        page = pages.render(
            "preferences.html",
            language,
            languages=holder.visit.languages if request.method == "GET" else (),
            series=holder.series,
            participant=holder.participant,
            token=request.path_params["token"],
            is_registered=holder.is_registered,
            is_saved=is_saved,
            form=form,
            problem=problem,
            offered=[_Choice(str(rule), name_rule(rule, catalog)) for rule in _OFFERED],
            feeds=self._link_feeds(request.path_params["token"], language),
            usual=", ".join(name_rule(rule, catalog) for rule in self._parts.rules.get(holder.series.slug, ())),
        )
        return HTMLResponse(page, 422 if problem else 200)

    def _link_feeds(self, token: str, language: str) -> Sequence[FeedLinks]:
        """The links to the personal feed: as it is, and with alarms at the times of the reminders."""
        address, name = f"{self._parts.base_url}/me/{token}.ics", choose_words(language).mine
        asked = (address, f"{address}?{urlencode([OWN_ALARMS])}")
        return [link_address(one, download=one, name=name) for one in asked]


def _read_choice(holder: Holder) -> _Wish:
    person = holder.participant
    chosen = parse_rules(person.leads)
    return _Wish(
        name=person.name,
        language=person.language,
        timezone=person.timezone,
        leads=tuple(str(rule) for rule in chosen if rule in _OFFERED),
        more=", ".join(str(rule) for rule in chosen if rule not in _OFFERED),
    )


def _read_wish(form: Form, holder: Holder, languages: Sequence[str]) -> _Wish:
    language, timezone = form.line("language"), form.line("timezone")
    offered = {str(rule) for rule in _OFFERED}
    return _Wish(
        name=form.line("name", _LONGEST_NAME),
        language=language if language in languages else holder.participant.language,
        timezone=timezone if is_offered(timezone) else holder.participant.timezone,
        leads=tuple(rule for rule in form.all("lead") if rule in offered),
        more=form.line("more", 100),
    )
