"""Standstills: what kept the whole service from sending is told to the organiser when it is over."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from service.clock import SystemClock
from service.store import ledger, owing
from service.store.alarm import count_held_up, tell_standstill
from service.store.database import Database, DatabaseTrouble
from service.store.ledger import Delivery, Kind
from service.store.stops import Stop
from service.store.tables import deliveries
from service.worker.documents import Documents
from service.worker.restraint import Cause, Restraint
from service.worker.standstill import Ending, Standstill, Standstills
from service.worker.worker import Worker
from tests.store import season
from tests.store.season import DAY_BEFORE, HOUR, MINUTE, SERIES, VERSION
from tests.worker.test_worker import Home, Plan, Post, Sight, fast, until

__all__ = ["fast"]
NOW = DAY_BEFORE
FULL = "only 12 MiB are free on the disk: free 64 MiB or more"


@pytest.mark.parametrize(
    ("minutes", "waiting", "is_news"), [(1, 9, False), (2, 0, False), (2, 1, True), (9, 0, False), (10, 0, True)]
)
def test_what_lasted_long_or_made_mails_late_is_news(minutes: int, waiting: int, is_news: bool) -> None:
    assert Ending(Standstill(NOW, FULL, NOW), NOW + minutes * MINUTE).is_news(waiting) is is_news


def owe_reminders(connection: Connection) -> None:
    """Three reminders are due at `NOW`."""
    season.publish(connection, VERSION)
    for name in ("hana", "minjun", "soo"):
        season.join(connection, name)
    owing.owe_reminders(connection, SERIES, season.occasions()["1d"], NOW)


async def list_told(database: Database) -> list[Delivery]:
    rows = await database.read(ledger.list_all)
    return [row for row in rows if row.participant_id == owing.ORGANISER]


async def test_since_when_why_and_how_many_waited_is_told_once(database: Database) -> None:
    await database.write(owe_reminders)
    both = Standstills(database), Standstills(database)
    for one in both:
        one.note(FULL, NOW)
        one.note("and something else", NOW + MINUTE)

    endings = [one.foresee_end(NOW + HOUR) for one in both]
    for one, ending in zip(both, endings, strict=True):
        await one.end(ending)
        assert one.foresee_end(NOW + 2 * HOUR) is None, "it is over"

    (told,) = await list_told(database)
    assert (told.kind, told.starts_at, told.due_at) == (Kind.SENDING_RESUMED, NOW, NOW + HOUR)
    assert Stop.read(told.note) == Stop(FULL, waited=3)


async def test_a_moment_is_no_news_and_neither_is_a_standstill_that_nobody_wants_to_hear_of(
    database: Database,
) -> None:
    await database.write(owe_reminders)
    short, unheard = Standstills(database), Standstills(None)
    for one in (short, unheard):
        one.note(FULL, NOW)

    await short.end(short.foresee_end(NOW + MINUTE))
    await unheard.end(unheard.foresee_end(NOW + HOUR))

    assert await list_told(database) == []


async def test_who_waited_is_counted_whatever_became_of_them_and_nobody_else(database: Database) -> None:
    def settle(connection: Connection) -> None:
        owe_reminders(connection)
        for number, settled_at in ((1, NOW - MINUTE), (2, NOW + HOUR), (3, None)):
            row = deliveries.update().where(deliveries.c.id == number)
            connection.execute(row.values(settled_at=settled_at, state="sent" if settled_at else "planned"))
        owing.owe(connection, Kind.KNOWN, SERIES, 1, NOW + HOUR, NOW + 2 * HOUR)

    await database.write(settle)

    assert await database.read(partial(count_held_up, until=NOW)) == 2


async def test_a_later_standstill_is_news_again(database: Database) -> None:
    for since in (NOW + HOUR, NOW + 5 * HOUR):
        await database.write(partial(tell_standstill, since=since, stop=Stop(FULL), now=since + HOUR))

    assert [row.starts_at for row in await list_told(database)] == [NOW + HOUR, NOW + 5 * HOUR]


class Turned(SystemClock):
    """A clock that a test turns on."""

    def __init__(self) -> None:
        super().__init__()
        self.time = NOW

    def now(self) -> datetime:
        return self.time


Trouble = Callable[[Sight, Plan, Post], None]


def restrain(sight: Sight, _plan: Plan, _post: Post) -> None:
    sight.restraint = Restraint(Cause.DISK, FULL)


def lose_database(sight: Sight, _plan: Plan, _post: Post) -> None:
    sight.fault = DatabaseTrouble(FULL)


def refuse_rounds(_sight: Sight, _plan: Plan, post: Post) -> None:
    post.faults = [DatabaseTrouble(FULL)] * 1000


def leave_unwritten(_sight: Sight, _plan: Plan, post: Post) -> None:
    post.silenced = DatabaseTrouble(FULL)
    post.free.clear()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("begin", [restrain, lose_database, refuse_rounds, leave_unwritten])
async def test_whatever_keeps_the_worker_from_sending_is_told_when_it_sends_again(
    begin: Trouble, database: Database
) -> None:
    await database.write(owe_reminders)
    clock, sight, plan, post, stop = Turned(), Sight(), Plan(), Post(), asyncio.Event()
    standstills = Standstills(database)
    begin(sight, plan, post)
    worker = Worker(clock, Documents([]), sight, plan, post, Home(), standstills=standstills)
    running = asyncio.create_task(worker.run(stop))
    await until(lambda: standstills.is_on and sight.looks >= 4)
    clock.time = NOW + timedelta(minutes=20)

    sight.fault = sight.restraint = post.silenced = None
    post.faults.clear()
    post.free.set()
    await until(lambda: not standstills.is_on)
    stop.set()
    await asyncio.wait_for(running, 10)

    (told,) = await list_told(database)
    assert (told.starts_at, told.due_at) == (NOW, NOW + 20 * MINUTE)
    assert Stop.read(told.note) == Stop(FULL, waited=3)


def test_what_is_noted_is_read_again() -> None:
    for stop in (Stop("rcpt: 550 no"), Stop("x", held="reminders"), Stop("x", waited=3), Stop("", "notices", 1)):
        assert Stop.read(stop.write()) == stop
