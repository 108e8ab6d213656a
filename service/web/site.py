"""The site: feeds in front, pages behind, guards around."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from service.store.database import DatabaseTrouble
from service.web.confirmation import ConfirmationPages
from service.web.desk import DeskPages
from service.web.express import Fields, Question
from service.web.feeds import Feeds
from service.web.guard import HostGuard, OriginGuard, SafeHeaders
from service.web.leaving import ONE_CLICK, LeavingPages
from service.web.mailbox_pages import MailboxPages
from service.web.new_link import NewLinkPages
from service.web.own_data import OwnDataPages
from service.web.parts import Parts
from service.web.personal_feed import PersonalFeeds
from service.web.plain import HEALTH, PlainAnswers
from service.web.preferences import PreferencePages
from service.web.registration import RegistrationPages
from service.web.schedule_page import SchedulePages
from service.web.subscribe_page import SubscribePage
from service.web.trouble import TroublePages

__all__ = ["RESERVED", "Site", "build_site"]

RESERVED = frozenset(
    [
        "confirm",
        "desk",
        "healthz",
        "mailbox",
        "me",
        "metrics",
        "new-link",
        "openapi",
        "robots.txt",
        "static",
        "undo",
        "unsubscribe",
    ]
)
"""First parts of addresses that no series can have as its slug."""

_WORTH_COMPRESSING_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Site:
    """The whole site as one ASGI application that has its feeds ready: `guard` stands in front of all."""

    guard: HostGuard
    feeds: Feeds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""
        await self.guard(scope, receive, send)

    def recognise(self, target: bytes, fields: Fields) -> Question | None:
        """See `service.web.express.Prompt`."""
        return self.feeds.recognise(target, fields) if self.guard.admits(fields.get(b"host", b"")) else None


def build_site(parts: Parts, *, routes: tuple[BaseRoute, ...] = ()) -> Site:
    """The whole site. More `routes` (the organiser's desk, metrics) stand before `/{slug}`."""
    trouble = TroublePages(parts.pages, parts.language)
    pages = Starlette(
        routes=[*routes, *_list_routes(parts)],
        middleware=[Middleware(GZipMiddleware, minimum_size=_WORTH_COMPRESSING_BYTES, compresslevel=5)],
        exception_handlers={
            HTTPException: trouble.refuse,
            DatabaseTrouble: trouble.postpone,
            Exception: trouble.apologise,
        },
    )
    pages.router.redirect_slashes = False  # a redirect would spell the address as the request did
    guarded = OriginGuard(pages, open_to_all=(ONE_CLICK,))
    is_https = urlsplit(parts.base_url).scheme == "https"
    behind = PersonalFeeds(parts, SafeHeaders(guarded, is_https=is_https))
    feeds = Feeds(parts.shelf, behind, note=lambda slug, program: parts.fetches.note(slug, program, parts.now()))
    return Site(HostGuard(feeds, parts.base_url, open_to_all=(HEALTH,)), feeds)


def _list_routes(parts: Parts) -> list[BaseRoute]:
    return [
        *PlainAnswers(parts).routes(),
        *ConfirmationPages(parts).routes(),
        *DeskPages(parts).routes(),
        *PreferencePages(parts).routes(),
        *OwnDataPages(parts).routes(),
        *NewLinkPages(parts).routes(),
        *LeavingPages(parts).routes(),
        *(MailboxPages(parts.mailbox, parts.pages, parts.language).routes() if parts.mailbox else ()),
        *RegistrationPages(parts).routes(),
        *SubscribePage(parts).routes(),
        *SchedulePages(parts).routes(),
    ]
