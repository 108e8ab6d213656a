"""Staffing: who works in this process. One process does everything, or several share it."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.app.machine import look_around
from service.app.mail import employ_courier
from service.app.publishing import announce_house
from service.app.returns import employ_collector
from service.app.store import Store, database_file
from service.clock import Clock
from service.delivery.courier import Courier
from service.schedule.version import Version
from service.settings.loading import SettingsTrouble
from service.settings.values import Settings
from service.store.database import DatabaseTrouble
from service.store.revisions import load_all
from service.web.shelf import Shelf
from service.worker.chores import mind_gaps, write_digests
from service.worker.documents import Documents
from service.worker.flooding import FloodWatch
from service.worker.follower import Follower
from service.worker.housekeeper import Housekeeper
from service.worker.inviting import Inviter
from service.worker.lookout import Lookout
from service.worker.planning import Planned, Planner, Plans
from service.worker.refreshing import Refresher
from service.worker.reporting import Reporter
from service.worker.sharing import Sharing
from service.worker.standstill import Standstills
from service.worker.worker import Worker

__all__ = ["Role", "Staff", "employ_planner", "post_lookout", "staff_process"]

_log: Final = logging.getLogger(__name__)
_PATIENCE_SECONDS: Final = 20


class Role(StrEnum):
    """What a process does: answer HTTP, or read schedules, plan and send, or both."""

    BOTH = "both"
    WEB = "web"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works here. There is no courier in a process that only answers."""

    worker: Worker | Follower
    lookout: Lookout
    courier: Courier | None = None


async def staff_process(
    role: Role, settings: Settings, store: Store, shelf: Shelf, refreshers: Sequence[Refresher], clock: Clock
) -> Staff:
    """Everybody whom a process of this role needs, with the schedules published and old mails taken up.

    Raises `DatabaseTrouble` and `SettingsTrouble`.
    """
    is_alone = not settings.database
    if is_alone and role is not Role.BOTH:
        raise SettingsTrouble(["several processes need a PostgreSQL `database`; with SQLite one does everything"])
    lookout = post_lookout(settings, store, clock)
    documents = Documents(refreshers, None if is_alone else Sharing(store.database))
    kept = await store.database.read(load_all)
    if role is Role.WEB:
        await documents.open(kept, read=False)
        await lookout.look()
        return Staff(Follower(documents, lookout), lookout)
    courier = employ_courier(settings, store, shelf, clock)
    planner, collector = employ_planner(settings, store, shelf), employ_collector(settings, store, clock)
    standstills = Standstills(store.database if settings.organizer else None)
    housekeeper = Housekeeper(store.database)
    worker = Worker(clock, documents, lookout, planner, courier, housekeeper, collector, standstills)
    await _try_to(courier.recover(alone=is_alone))
    await _try_to(documents.open(kept))
    await _try_to(lookout.look())
    return Staff(worker, lookout, courier)


async def _try_to(begin: Awaitable[object]) -> None:
    """A database that takes nothing at present, a full one for example, must not keep feeds from being served."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await begin
    except (DatabaseTrouble, TimeoutError) as trouble:
        _log.error("wait %s", trouble or "the database takes nothing yet")


def post_lookout(settings: Settings, store: Store, clock: Clock) -> Lookout:
    """Who sees whether anything may be sent from here."""
    return Lookout(store.database, database_file(settings), look_around(settings.data_dir), clock)


def employ_planner(settings: Settings, store: Store, shelf: Shelf) -> Planner:
    """Who enters into the ledger what is due, as far as it is published on the shelf."""
    planned = [Planned(one.slug, one.reminders, one.speaker_reminders) for one in settings.series]

    def list_versions(slug: str) -> Iterable[Version]:
        published = shelf.published(slug)
        return published.versions if published else ()

    slugs = [one.slug for one in settings.series]
    besides: list[Plans] = [
        Inviter(store.database, slugs, list_versions),
        write_digests(store.database, slugs, list_versions),
    ]
    if settings.organizer:
        besides += [mind_gaps(store.database, slugs, list_versions), FloodWatch(store.database)]
    if settings.organizer and settings.weekly_report:
        besides.append(Reporter(store.database, announce_house(settings).timezone))
    return Planner(store.database, planned, list_versions, besides)
