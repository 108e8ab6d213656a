"""Feeds over HTTP: answers for calendar programs and others, from the shelf, in front of everything else."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from service.feed.selection import EVERYTHING, BadSelection, Selection, read_selection
from service.schedule.series import Series
from service.web.answering import ALLOWED, answer_options, answer_text, answer_with, choose_answer, read_headers
from service.web.express import Answer, Fields, Question
from service.web.feed_links import LONGEST_ADDRESS, address_feed
from service.web.representation import Representation
from service.web.shelf import Shelf

__all__ = ["Feeds"]

_PERSONAL: Final = "/me/"
"""Feeds with a token in the address are answered elsewhere."""
_MOST_NAMED: Final = 20


class Feeds:
    """An ASGI application that answers `/{slug}.ics`, `/{slug}/download.ics`, `/{slug}/{session}.ics`,
    `/{slug}.atom` and `/{slug}.json`.

    The query of the first two chooses sessions and their style; what it asks for is joined at the first request after
    a change. Everything else is ready once it was asked for: a request renders and compresses nothing, and a GET of
    `/{slug}.ics` need not even become a task (`recognise`). All other requests go to `otherwise`.
    `note` is told the slug of every calendar that is fetched, and what the program calls itself.
    """

    def __init__(
        self, shelf: Shelf, otherwise: ASGIApp, note: Callable[[str, str], None] = lambda slug, program: None
    ) -> None:
        self._shelf = shelf
        self._otherwise = otherwise
        self._note = note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._has(scope["path"]):
            await self._otherwise(scope, receive, send)
            return
        await self._prepare(scope["path"])
        try:
            representation = self._find(scope["path"], scope["query_string"])
        except BadSelection as error:
            await answer_text(send, scope, 400, str(error))
            return
        if representation is None:
            await answer_text(send, scope, 404, self._tell_what_exists(scope["path"]))
        elif scope["method"] in ("GET", "HEAD"):
            asked = read_headers(scope["headers"])
            self._note_fetch(scope["path"], asked.get(b"user-agent", ""))
            await answer_with(send, scope, asked, representation)
        elif scope["method"] == "OPTIONS":
            await answer_options(send)
        else:  # programs probe for a writable calendar; only 405 tells them that it is none
            await answer_text(send, scope, 405, "A feed can only be read.", (b"allow", ALLOWED))

    def recognise(self, target: bytes, fields: Fields) -> Question | None:
        """What a GET of `/{slug}.ics` asks; None for every other target."""
        if not target.endswith(b".ics"):
            return None
        slug = target[1:-4].decode("latin-1")
        if self._shelf.ready(slug) is None:
            return None
        return _Question(self._shelf, self._note, slug, read_headers(fields.items()))

    async def _prepare(self, path: str) -> None:
        """Have a series rendered that nobody asked for before: in a thread, because a thousand sessions take half a
        second.
        """
        slug = path[1:].removesuffix(".ics").partition("/")[0]
        if path.endswith(".ics") and self._shelf.published(slug) and self._shelf.ready(slug) is None:
            await asyncio.to_thread(self._shelf.prepare, slug)

    def _note_fetch(self, path: str, program: str) -> None:
        if path.endswith(".ics") and "/" not in path[1:]:
            self._note(path[1:-4], program)

    def _has(self, path: str) -> bool:
        if path.endswith(".ics"):
            return path.count("/") <= 2 and not path.startswith(_PERSONAL)
        name, _, ending = path[1:].rpartition(".")
        return ending in ("atom", "json") and self._shelf.published(name) is not None

    def _find(self, path: str, query: bytes) -> Representation | None:
        name, _, ending = path[1:].rpartition(".")
        if ending == "ics":
            return self._find_calendar(name, query)
        return self._shelf.atom(name) if ending == "atom" else self._shelf.listing(name)

    def _find_calendar(self, name: str, query: bytes) -> Representation | None:
        slug, inside, rest = name.partition("/")
        if inside and rest != "download":
            return self._shelf.session(slug, rest)
        if query and (published := self._shelf.published(slug)):
            selection = _read_query(query, published.series)
            if selection != EVERYTHING and (selected := self._shelf.select(slug, selection)):
                return selected.download if inside else selected.feed
        return self._shelf.download(slug) if inside else self._shelf.feed(slug)

    def _tell_what_exists(self, path: str) -> str:
        """What a person who mistyped an address needs: the feeds there are, the one of this series first."""
        slugs = self._shelf.slugs()
        slug = path[1:].partition("/")[0]
        named = [slug] if slug in slugs else slugs[:_MOST_NAMED]
        there = ["There is:", *(f"/{name}.ics" for name in named)] if named else []
        return "\n".join(["There is no feed here.", *there])


@dataclass(frozen=True, slots=True)
class _Question:
    """Somebody wants the feed of a series, if it is not as they have it."""

    shelf: Shelf
    note: Callable[[str, str], None]
    slug: str
    asked: Mapping[bytes, str]

    def answer(self) -> Answer | None:
        """See `service.web.express.Question`."""
        representation = self.shelf.ready(self.slug)
        if representation is None:
            return None
        self.note(self.slug, self.asked.get(b"user-agent", ""))
        coded, is_known = choose_answer(self.asked, representation)
        return (coded.unchanged_head, b"") if is_known else (coded.found_head, coded.body)


@lru_cache(maxsize=512)
def _read_query(query: bytes, series: Series) -> Selection:
    """What the query of a feed's address chooses. Raises `BadSelection`."""
    selection = read_selection(query.decode(errors="replace"))
    if len(address_feed(series, selection)) > LONGEST_ADDRESS:
        raise BadSelection(
            f"this address has more than {LONGEST_ADDRESS} characters, which some calendars do not take: "
            "choose fewer types and speakers"
        )
    return selection
