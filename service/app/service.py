"""The whole service: opened, recovered from whatever ended the last one, and ready to run."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from service.app.mail import mailbox_folder
from service.app.publishing import set_out_shelf
from service.app.staffing import Role, Staff, staff_process
from service.app.store import Store, open_store
from service.clock import Clock, SystemClock
from service.delivery.mailbox import Mailbox
from service.messages.catalog import Catalogs
from service.resources import TEMPLATES, read_catalogs, read_texts
from service.settings.values import Settings
from service.store.lock import hold
from service.store.participants import CONFIRM_WITHIN
from service.web.assets import Assets
from service.web.fetches import keep_noted
from service.web.health import HealthCheck
from service.web.pages import Pages
from service.web.parts import Parts
from service.web.shelf import Shelf
from service.web.site import Site, build_site
from service.worker.follower import Follower
from service.worker.pinging import keep_pinging
from service.worker.worker import Worker

__all__ = ["App", "Role", "open_app"]


@dataclass(frozen=True, slots=True)
class App:
    """A service that is ready to run: `site` answers HTTP, `worker` does what is due."""

    store: Store
    shelf: Shelf
    site: Site
    worker: Worker | Follower


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock, role: Role = Role.BOTH) -> AsyncIterator[App]:
    """The whole service, or a process of it, recovered from whatever ended the last one.

    Raises `AlreadyServed`, `DatabaseTrouble`, `NewerSchema` and `SettingsTrouble`.
    """
    with ExitStack() as lifetimes:
        if not settings.database:
            lifetimes.enter_context(hold(settings.data_dir))
        store = lifetimes.enter_context(open_store(settings))
        shelf, refreshers = set_out_shelf(settings, store, clock)
        staff = await staff_process(role, settings, store, shelf, refreshers, clock)
        if staff.courier:
            lifetimes.callback(staff.courier.close)
        parts = _lay_out(settings, store, shelf, clock, staff)
        ping_url = settings.ping_url if staff.courier else ""
        async with keep_noted(parts.fetches, store.database), keep_pinging(ping_url, lambda: _is_well(parts)):
            yield App(store, shelf, build_site(parts), staff.worker)


async def _is_well(parts: Parts) -> bool:
    return (await parts.health()).is_well


def _lay_out(settings: Settings, store: Store, shelf: Shelf, clock: Clock, staff: Staff) -> Parts:
    assets = Assets({name: text.encode() for name, text in read_texts(TEMPLATES / "static").items()})
    root = urlsplit(settings.base_url).path
    health = HealthCheck(store.database, shelf, staff.courier, clock.now, lambda: staff.lookout.restraint)
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
        speaker_rules={one.slug: one.speaker_reminders for one in settings.series},
        trusted_proxies=settings.http.trusted_proxies,
        confirm_within=clock.lasting(CONFIRM_WITHIN),
        wake=staff.worker.wake,
        is_restrained=lambda: staff.lookout.restraint is not None,
        mailbox=Mailbox(mailbox_folder(settings)) if in_house else None,
    )
