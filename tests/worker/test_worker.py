"""The worker: does what is due, lets nobody's trouble become everybody's, and stops in good order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from threading import Event

import pytest

from service.clock import SystemClock
from service.delivery.courier import Courier
from service.store.database import DatabaseTrouble
from service.worker import documents, timer, worker
from service.worker.documents import Documents
from service.worker.housekeeper import Housekeeper
from service.worker.lookout import Lookout
from service.worker.planning import Planner
from service.worker.refreshing import Refresher
from service.worker.restraint import Cause, Restrained, Restraint
from service.worker.worker import Worker


class Document(Refresher):
    """A refresher that does what a test says."""

    def __init__(self, slug: str, look: Callable[[], Awaitable[bool]]) -> None:
        self._slug, self._look, self.looks = slug, look, 0
        self.glance: Callable[[], bool] = lambda: False

    @property
    def slug(self) -> str:
        return self._slug

    def is_at_rest(self) -> bool:
        return self.glance()

    async def refresh(self) -> bool:
        self.looks += 1
        return await self._look()


class Plan(Planner):
    """A planner that counts, and fails as often as it is told to."""

    def __init__(self, *faults: Exception) -> None:
        self.plans, self._faults = 0, list(faults)
        self.planned = asyncio.Event()

    async def plan(self, now: object, entered: object = None) -> int:
        self.plans += 1
        if self._faults:
            raise self._faults.pop(0)
        self.planned.set()
        return 0

    async def next_wake(self, now: object) -> None:
        return None


class Post(Courier):
    """A courier whose rounds last until they are released."""

    def __init__(self) -> None:
        self.rounds = self.at_once = self.most_at_once = self.pauses = 0
        self.free, self.stopped = asyncio.Event(), asyncio.Event()
        self.free.set()
        self.faults: list[Exception] = []
        self.silenced: DatabaseTrouble | None = None

    @property
    def unwritten(self) -> DatabaseTrouble | None:
        return self.silenced

    async def deliver_due(self) -> int:
        self.rounds += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.free.wait()
            if self.faults:
                raise self.faults.pop(0)
        finally:
            self.at_once -= 1
        return 3

    def stop(self) -> None:
        self.stopped.set()
        self.free.set()

    def pause(self) -> None:
        self.pauses += 1


class Sight(Lookout):
    """A lookout that sees what a test shows it."""

    def __init__(self) -> None:
        self.restraint = None
        self.fault: Exception | None = None
        self.looks = 0

    async def look(self) -> Restraint | None:
        self.looks += 1
        if self.fault:
            raise self.fault
        return self.restraint


class Home(Housekeeper):
    """A housekeeper without a house."""

    def __init__(self) -> None:
        pass

    async def tidy(self, now: object) -> None:
        pass


async def nothing_new() -> bool:
    return False


async def hang() -> bool:
    await asyncio.Event().wait()
    return False


def hire(*documents: Document, plan: Plan, post: Post, sight: Sight | None = None) -> Worker:
    return Worker(SystemClock(), Documents(documents), sight or Sight(), plan, post, Home())


@asynccontextmanager
async def at_work(*documents: Document, plan: Plan, post: Post, sight: Sight | None = None) -> AsyncIterator[Worker]:
    """A worker that runs as long as the context lasts, and then has to stop soon."""
    stop = asyncio.Event()
    hired = hire(*documents, plan=plan, post=post, sight=sight)
    running = asyncio.create_task(hired.run(stop))
    try:
        yield hired
    finally:
        stop.set()
        await asyncio.wait_for(running, 10)


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timer, "TICK", timedelta(seconds=0.02))
    monkeypatch.setattr(documents, "_PATIENCE", timedelta(seconds=0.05))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what is waited for is a count in a double
            await asyncio.sleep(0.005)


async def test_every_tick_refreshes_plans_and_delivers() -> None:
    document, plan, post = Document("season", nothing_new), Plan(), Post()

    async with at_work(document, plan=plan, post=post):
        await until(lambda: document.looks >= 3 and plan.plans >= 3 and post.rounds >= 3)

    assert post.stopped.is_set()


async def test_once_is_once() -> None:
    document, plan, post = Document("season", nothing_new), Plan(), Post()

    assert await hire(document, plan=plan, post=post).do_once() == 3
    assert (document.looks, plan.plans, post.rounds) == (1, 1, 1)


async def test_a_document_that_hangs_holds_up_neither_the_others_nor_the_mail() -> None:
    hanging, other, plan, post = Document("hanging", hang), Document("other", nothing_new), Plan(), Post()

    async with at_work(hanging, other, plan=plan, post=post):
        await until(lambda: other.looks >= 5 and plan.plans >= 5 and post.rounds >= 5)

    assert hanging.looks == 1


async def test_documents_at_rest_are_not_looked_at() -> None:
    resting, other, plan, post = Document("resting", nothing_new), Document("other", nothing_new), Plan(), Post()
    resting.glance = lambda: True

    async with at_work(resting, other, plan=plan, post=post):
        await until(lambda: other.looks >= 3)

    assert resting.looks == 0


async def test_a_disk_that_does_not_answer_holds_up_neither_the_other_documents_nor_the_mail() -> None:
    lost, other, plan, post = Document("lost", hang), Document("other", nothing_new), Plan(), Post()
    answers, glances = Event(), []

    def wait() -> bool:
        glances.append(1)
        return answers.wait(10)

    lost.glance = wait
    try:
        async with at_work(lost, other, plan=plan, post=post):
            await until(lambda: other.looks >= 5 and plan.plans >= 5 and post.rounds >= 5)
    finally:
        answers.set()

    assert (len(glances), lost.looks) == (1, 1)


@pytest.mark.parametrize("fault", [DatabaseTrouble("away"), ZeroDivisionError("a bug")])
async def test_a_document_that_fails_holds_up_neither_the_others_nor_the_mail(fault: Exception) -> None:
    async def fail() -> bool:
        raise fault

    failing, other, plan, post = Document("failing", fail), Document("other", nothing_new), Plan(), Post()

    async with at_work(failing, other, plan=plan, post=post):
        await until(lambda: failing.looks >= 3 and other.looks >= 3 and post.rounds >= 3)


@pytest.mark.parametrize("fault", [DatabaseTrouble("away"), ZeroDivisionError("a bug")])
async def test_a_plan_that_fails_is_made_again(fault: Exception) -> None:
    plan, post = Plan(fault, fault), Post()

    async with at_work(plan=plan, post=post):
        await asyncio.wait_for(plan.planned.wait(), 10)


@pytest.mark.parametrize("fault", [DatabaseTrouble("away"), ZeroDivisionError("a bug")])
async def test_a_round_that_fails_is_followed_by_another(fault: Exception) -> None:
    plan, post = Plan(), Post()
    post.faults = [fault, fault]

    async with at_work(plan=plan, post=post):
        await until(lambda: post.rounds >= 4)


async def test_planning_goes_on_while_mails_are_under_way_and_rounds_do_not_overlap() -> None:
    plan, post = Plan(), Post()
    post.free.clear()

    async with at_work(plan=plan, post=post):
        await until(lambda: plan.plans >= 5)
        assert post.rounds == 1
        post.free.set()
        await until(lambda: post.rounds >= 3)

    assert post.most_at_once == 1


async def test_who_is_woken_does_not_wait_for_the_next_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timer, "TICK", timedelta(hours=1))
    monkeypatch.setattr(timer, "_PATIENCE", timedelta(hours=1))
    plan, post = Plan(), Post()

    async with at_work(plan=plan, post=post) as hired:
        await until(lambda: plan.plans == 1)
        hired.wake()
        await until(lambda: plan.plans == 2)


async def test_an_edit_is_followed_by_another_look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timer, "TICK", timedelta(hours=1))
    monkeypatch.setattr(timer, "_PATIENCE", timedelta(hours=1))
    news = [False, True]

    async def look() -> bool:
        return news.pop() if news else False

    plan, post = Plan(), Post()
    async with at_work(Document("season", look), plan=plan, post=post):
        await until(lambda: plan.plans == 2)


async def test_who_stops_lets_the_mails_under_way_arrive() -> None:
    plan, post = Plan(), Post()
    post.free.clear()

    async with at_work(plan=plan, post=post):
        await until(lambda: post.rounds == 1)

    assert (post.at_once, post.stopped.is_set()) == (0, True)


async def test_who_stops_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stuck(Post):
        def stop(self) -> None:
            self.stopped.set()

    monkeypatch.setattr(worker, "_DRAIN", timedelta(seconds=0.1))
    plan, post = Plan(), Stuck()
    post.free.clear()

    async with at_work(Document("hanging", hang), plan=plan, post=post):
        await until(lambda: post.rounds == 1)

    assert post.at_once == 0


FULL = Restraint(Cause.DISK, "only 3 MiB are free on the disk")
OUTDATED = Restraint(Cause.SCHEMA, "a newer studybell has changed the database")


async def test_nothing_is_planned_or_sent_under_a_restraint_but_documents_are_followed() -> None:
    document, plan, post, sight = Document("season", nothing_new), Plan(), Post(), Sight()
    sight.restraint = FULL

    async with at_work(document, plan=plan, post=post, sight=sight):
        await until(lambda: document.looks >= 3 and post.pauses >= 3)
        assert (plan.plans, post.rounds) == (0, 0)
        sight.restraint = None
        await until(lambda: plan.plans >= 1 and post.rounds >= 1)


async def test_who_does_not_know_the_tables_does_not_read_documents_either() -> None:
    document, plan, post, sight = Document("season", nothing_new), Plan(), Post(), Sight()
    sight.restraint = OUTDATED

    async with at_work(document, plan=plan, post=post, sight=sight):
        await until(lambda: post.pauses >= 3)

    assert document.looks == 0


async def test_a_single_round_under_a_restraint_says_why_nothing_was_sent() -> None:
    plan, post, sight = Plan(), Post(), Sight()
    sight.restraint = FULL

    with pytest.raises(Restrained, match="nothing is sent: only 3 MiB are free"):
        await hire(plan=plan, post=post, sight=sight).do_once()

    assert (plan.plans, post.rounds) == (0, 0)


async def test_nothing_is_sent_as_long_as_nobody_can_see_whether_it_may_be() -> None:
    plan, post, sight = Plan(), Post(), Sight()
    sight.fault = DatabaseTrouble("away")

    async with at_work(plan=plan, post=post, sight=sight):
        await asyncio.sleep(0.1)
        assert (plan.plans, post.rounds) == (0, 0)
        sight.fault = None
        await until(lambda: post.rounds >= 1)


async def test_the_first_mails_leave_while_the_others_are_planned() -> None:
    post, half, rest = Post(), asyncio.Event(), asyncio.Event()

    class Crowd(Plan):
        async def plan(self, now: object, entered: object = None) -> int:
            assert callable(entered)
            entered()
            half.set()
            await rest.wait()
            return 0

    async with at_work(plan=Crowd(), post=post):
        await half.wait()
        await until(lambda: post.rounds == 1)
        rest.set()
