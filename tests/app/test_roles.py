"""Several processes on one PostgreSQL: what one reads all serve, each source is asked by one, old ones hold back."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text

from service.app.service import App, Role, open_app
from service.settings.loading import SettingsTrouble
from service.store.ledger import DeliveryState, tally
from service.worker import follower, sharing, timer
from service.worker.refreshing import Refresher
from tests.app.conftest import SCHEDULE, House, join, visit

pytestmark = pytest.mark.postgres
WORD = "Attention Is All You Need"
EDITED = SCHEDULE.replace("Attention", WORD)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (timer, follower):
        monkeypatch.setattr(module, "TICK", timer.TICK / 20)
    monkeypatch.setattr(sharing, "_RENEW", 0.2)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """How often each refresher looked at its source."""
    counts: dict[int, int] = defaultdict(int)
    usual = Refresher.refresh

    async def count(self: Refresher) -> bool:
        counts[id(self)] += 1
        return await usual(self)

    monkeypatch.setattr(Refresher, "refresh", count)
    return counts


@asynccontextmanager
async def at_work(house: House, role: Role = Role.BOTH) -> AsyncIterator[App]:
    stop = asyncio.Event()
    async with open_app(house.settings, house.watch, role) as app:
        running = asyncio.create_task(app.worker.run(stop))
        try:
            yield app
        finally:
            stop.set()
            await asyncio.wait_for(running, 20)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - what is waited for is in another process's hands
            await asyncio.sleep(0.02)


def tells(app: App, word: str) -> bool:
    published = app.shelf.published("season")
    return published is not None and word in {version.session.title for version in published.versions}


async def test_one_edit_reaches_every_process_though_one_reads_it(shared: House, looks: dict[int, int]) -> None:
    async with AsyncExitStack() as stack:
        apps = [
            await stack.enter_async_context(at_work(shared, role))
            for role in (Role.BOTH, Role.BOTH, Role.WORKER, Role.WEB)
        ]
        assert all(tells(app, "Attention") for app in apps)
        shared.schedule.write_text(EDITED, "utf-8")
        await until(lambda: all(tells(app, WORD) for app in apps))

    assert len(looks) == 1, "one process alone has asked the source"


async def test_when_the_reader_ends_another_goes_on(shared: House, looks: dict[int, int]) -> None:
    async with at_work(shared, Role.WEB) as web:
        async with at_work(shared) as first, at_work(shared) as second:
            await until(lambda: tells(web, "Attention"))
            assert tells(first, "Attention")
            assert tells(second, "Attention")
        async with at_work(shared) as third:
            shared.schedule.write_text(EDITED, "utf-8")
            await until(lambda: tells(web, WORD) and tells(third, WORD))


async def test_a_schedule_that_breaks_is_told_of_by_all(shared: House) -> None:
    async with at_work(shared, Role.WORKER), at_work(shared, Role.WEB) as web:
        shared.schedule.unlink()

        def is_stale() -> bool:
            published = web.shelf.published("season")
            return published is not None and published.stale_since is not None

        await until(is_stale)
        assert tells(web, "Attention")


async def test_each_reminder_leaves_once_whoever_plans_and_sends_it(shared: House) -> None:
    async with AsyncExitStack() as stack:
        apps = [await stack.enter_async_context(at_work(shared)) for _ in range(3)]
        database = apps[0].store.database
        for number in range(40):
            await database.write(partial(join, name=f"reader{number}", at=shared.watch.time))
        shared.watch.time += timedelta(minutes=1)
        async with asyncio.timeout(30):
            while (await database.read(tally))[DeliveryState.SENT] < 40:  # noqa: ASYNC110 - it is in the database
                await asyncio.sleep(0.05)

    assert shared.mails() == sorted(f"To: reader{number}@example.org" for number in range(40))


async def test_an_old_process_serves_what_it_knows_and_says_why_it_sends_nothing(shared: House) -> None:
    async with at_work(shared) as app, visit(app) as window:
        await app.store.database.write(partial(join, name="reader", at=shared.watch.time))
        await app.store.database.write(
            lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        )
        health: dict[str, object] = {}
        async with asyncio.timeout(20):
            while "restraint" not in health:
                health = (await window.get("/healthz")).json()
                await asyncio.sleep(0.02)
        shared.watch.time += timedelta(minutes=1)
        await asyncio.sleep(0.5)

        assert str(health["restraint"]).startswith("a newer studybell has changed the database")
        assert (await window.get("/healthz")).status_code == 503
        assert (await window.get("/season.ics")).status_code == 200
        assert (await window.get("/season")).status_code == 200
        assert (await window.post("/season/participants", data={"email": "new@example.org"})).status_code == 503
    assert shared.mails() == []


async def test_a_process_that_only_answers_needs_no_relay(shared: House) -> None:
    async with at_work(shared, Role.WORKER), at_work(shared, Role.WEB) as web, visit(web) as window:
        health = await window.get("/healthz")

        assert (health.status_code, health.json()["series"]) == (200, ["season"])


async def test_several_processes_need_a_server(house: House) -> None:
    with pytest.raises(SettingsTrouble, match="several processes need a PostgreSQL `database`"):
        async with at_work(house, Role.WEB):
            pass
