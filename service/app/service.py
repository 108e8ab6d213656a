"""The whole service: opened, recovered from whatever ended the last one, and ready to run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from service.app.mail import employ_courier, mailbox_folder
from service.app.publishing import set_out_shelf
from service.app.store import Store, open_store
from service.clock import Clock, SystemClock
from service.delivery.mailbox import Mailbox
from service.messages.catalog import Catalogs
from service.resources import TEMPLATES, read_catalogs, read_texts
from service.schedule.version import Version
from service.settings.values import Settings
from service.store.lock import hold
from service.store.participants import CONFIRM_WITHIN
from service.web.assets import Assets
from service.web.health import HealthCheck
from service.web.pages import Pages
from service.web.parts import Parts
from service.web.shelf import Shelf
from service.web.site import build_site
from service.worker.planning import Planned, Planner
from service.worker.worker import Worker

__all__ = ["App", "open_app"]


@dataclass(frozen=True, slots=True)
class App:
    """A service that is ready to run: `site` answers HTTP, `worker` does what is due."""

    store: Store
    shelf: Shelf
    site: ASGIApp
    worker: Worker


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock) -> AsyncIterator[App]:
    """The whole service, recovered from whatever ended the last one.

    Raises `AlreadyServed`, `DatabaseTrouble`, `NewerSchema` and `SettingsTrouble`.
    """
    with ExitStack() as lifetimes:
        if not settings.database:
            lifetimes.enter_context(hold(settings.data_dir))
        store = lifetimes.enter_context(open_store(settings))
        shelf, refreshers = set_out_shelf(settings, store, clock)
        courier = employ_courier(settings, store, shelf, clock)
        planned = [Planned(one.slug, one.reminders, one.speaker_reminders) for one in settings.series]
        planner = Planner(store.database, planned, lambda slug: _versions(shelf, slug))
        worker = Worker(clock, refreshers, planner, courier)
        health = HealthCheck(store.database, shelf, lambda: courier.trouble, clock.now)
        parts = _lay_out(settings, store, shelf, clock, health, worker)
        await courier.recover(alone=not settings.database)
        for refresher in refreshers:
            await refresher.restore()
        await asyncio.gather(*(refresher.refresh() for refresher in refreshers))  # one that hangs delays no other
        yield App(store, shelf, build_site(parts), worker)


def _versions(shelf: Shelf, slug: str) -> tuple[Version, ...]:
    published = shelf.published(slug)
    return published.versions if published else ()


def _lay_out(
    settings: Settings, store: Store, shelf: Shelf, clock: Clock, health: HealthCheck, worker: Worker
) -> Parts:
    assets = Assets({name: text.encode() for name, text in read_texts(TEMPLATES / "static").items()})
    root = urlsplit(settings.base_url).path
    in_house = settings.mail.transport == "mailbox"
    return Parts(
        shelf=shelf,
        database=store.database,
        keys=store.keys,
        pages=Pages(read_texts(TEMPLATES / "web"), Catalogs(read_catalogs("pages")), assets, root=root),
        assets=assets,
        base_url=settings.base_url,
        now=clock.now,
        real_now=SystemClock().now,
        health=health.look,
        language=settings.language,
        rules={one.slug: one.reminders for one in settings.series},
        trusted_proxies=settings.http.trusted_proxies,
        confirm_within=clock.lasting(CONFIRM_WITHIN),
        wake=worker.wake,
        mailbox=Mailbox(mailbox_folder(settings)) if in_house else None,
    )
