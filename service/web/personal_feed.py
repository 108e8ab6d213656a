"""Personal feeds: all series that one person is registered for, in one calendar, behind the person's own link."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection
from starlette.types import ASGIApp, Receive, Scope, Send

from service.feed.calendar import render_calendar
from service.feed.selection import BadSelection, Selection, read_selection
from service.feed.style import Alarm
from service.feed.words import LANGUAGES, choose_words
from service.reminders.rule import parse_rules
from service.schedule.series import Series
from service.store.database import DatabaseTrouble
from service.store.keys import Purpose
from service.store.participants import Participant, State, by_token, is_replaced, same_person
from service.web.answering import ALLOWED, answer_options, answer_text, answer_with, read_headers
from service.web.parts import Parts
from service.web.representation import Payload, Representation, name_file
from service.web.selected import SelectedFeed

__all__ = ["OWN_ALARMS", "PersonalFeeds"]

OWN_ALARMS: Final = ("alarm", "mine")
"""What a query says to get alarms at the times of one's reminders."""

_PATH: Final = re.compile(r"/me/(?P<token>[\w-]{1,64})\.ics", re.ASCII)
_MOST_KEPT: Final = 256
_AGAIN: Final = ((b"retry-after", b"300"),)


class _Nobody(LookupError):
    """The link leads to nobody."""


class _Over(LookupError):
    """There is no such calendar any more; says why."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What somebody was given last, and what it was made of: these `slugs` of published series."""

    calendar: Series
    slugs: tuple[str, ...]
    parts: tuple[SelectedFeed, ...]
    feed: Representation


class PersonalFeeds:
    """An ASGI application that answers `/me/{token}.ics`; all other requests go to `otherwise`.

    The query chooses sessions and their style as in any feed; `alarm=mine` gives alarms at the times of the person's
    reminders. The language is that of the registration. Only the tag tells what is current, because registrations
    change it, too. Tokens are kept as digests, and appear in no message.
    """

    def __init__(self, parts: Parts, otherwise: ASGIApp) -> None:
        self._parts = parts
        self._otherwise = otherwise
        self._kept: dict[str, _Kept] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""
        found = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._otherwise(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await self._answer(scope, send, found["token"])
        elif scope["method"] == "OPTIONS":
            await answer_options(send)
        else:
            await answer_text(send, scope, 405, "A feed can only be read.", (b"allow", ALLOWED))

    async def _answer(self, scope: Scope, send: Send, token: str) -> None:
        private = b"private, no-store"
        try:
            kept = await self._find(token, scope["query_string"].decode(errors="replace"))
        except BadSelection as error:
            await answer_text(send, scope, 400, str(error), caching=private)
        except _Nobody:
            await answer_text(send, scope, 404, "This link leads to no calendar.", caching=private)
        except _Over as error:  # final on purpose: calendars stop asking
            await answer_text(send, scope, 410, str(error), caching=private)
        except DatabaseTrouble:
            await answer_text(send, scope, 503, "Please try again in a few minutes.", *_AGAIN, caching=private)
        else:
            asked, now = read_headers(scope["headers"]), self._parts.now()
            for slug in kept.slugs:  # of the person, nothing is noted
                self._parts.fetches.note(slug, asked.get(b"user-agent", ""), now)
            await answer_with(send, scope, asked, kept.feed)

    async def _find(self, token: str, query: str) -> _Kept:
        selection, wants_own_alarms = _read_query(query)
        digest = sha256(token.encode()).hexdigest()
        key = f"{digest}?{selection.query}{'+' * wants_own_alarms}"
        kept = self._kept.pop(key, None)
        now = self._parts.now()
        try:
            people = await self._parts.database.read(lambda connection: _list_registrations(connection, token, now))
        except DatabaseTrouble:
            if kept is None:
                raise
        else:
            calendar = _name_calendar(people[0], digest, selection, self._parts.base_url)
            kept = self._join(calendar, dict(self._select(people, selection, wants_own_alarms)), kept)
        self._kept[key] = kept  # the last is the most recent
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return kept

    def _select(
        self, people: list[Participant], selection: Selection, own_alarms: bool
    ) -> Iterator[tuple[str, SelectedFeed]]:
        """The person's choice of every series that is published, with its slug."""
        language = selection.language or (people[0].language if people[0].language in LANGUAGES else "")
        for person in people:
            rules = (parse_rules(person.leads) or self._parts.rules.get(person.series, ())) if own_alarms else ()
            alarms = tuple(sorted({*selection.alarms, *(Alarm(rule.lead) for rule in rules)}, reverse=True))
            found = self._parts.shelf.select(person.series, replace(selection, alarms=alarms, language=language))
            if found:
                yield person.series, found

    def _join(self, calendar: Series, found: dict[str, SelectedFeed], before: _Kept | None) -> _Kept:
        parts = tuple(found.values())
        if before and before.calendar == calendar and [*map(id, before.parts)] == [*map(id, parts)]:
            return before
        events = [told for part in parts for _, told in part.events]
        versions = [version for part in parts for version in part.versions]
        feed = Representation(
            payload=Payload(render_calendar(calendar, events, versions)),
            modified=None,
            disposition=name_file("inline", "my-sessions", calendar.title),
            stale_since=min((part.feed.stale_since for part in parts if part.feed.stale_since), default=None),
            is_personal=True,
        )
        return _Kept(calendar, tuple(found), parts, feed)


def _read_query(query: str) -> tuple[Selection, bool]:
    """What the query chooses, and whether it asks for alarms at the times of one's reminders."""
    pairs = parse_qsl(query)
    others = [pair for pair in pairs if pair != OWN_ALARMS]
    return read_selection(urlencode(others)), len(others) < len(pairs)


def _list_registrations(connection: Connection, token: str, now: datetime) -> list[Participant]:
    """The registrations of whoever has this link, the link's own first. Raises `_Nobody` and `_Over`.

    An address that mail does not reach still has a calendar.
    """
    holder = by_token(connection, Purpose.PREFERENCES, token, now)
    if holder is None and is_replaced(connection, token, now):
        raise _Over("This address was replaced by a new one.")
    if holder is None:
        raise _Nobody
    own = [holder] if holder.state in (State.CONFIRMED, State.SUPPRESSED) else []
    people = [*own, *(person for person in same_person(connection, holder) if person.id != holder.id)]
    if not people:
        raise _Over("You are not registered for any series any more.")
    return people


def _name_calendar(person: Participant, digest: str, selection: Selection, base_url: str) -> Series:
    """The calendar as its reader sees it; its identity does not give the link away."""
    language = selection.language or person.language
    return Series(
        slug=f"me-{digest[:16]}",
        title=choose_words(language).mine,
        language=language,
        timezone=person.timezone,
        url=base_url,
    )
