"""Races between sending and whoever wants no mail: behind the answer to an unsubscribe or an edit, none leaves."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from service.delivery.envelope import Envelope
from service.delivery.outcome import Outcome, Phase, Verdict
from service.delivery.transport import Commit, Follow, Line, nobody
from service.schedule.session import Status, When
from service.schedule.version import Change, ChangeKind, Revision, Version
from service.store import membership, owing, revisions
from service.store.database import Database
from service.store.ledger import DeliveryState
from service.store.participants import State, by_id, key_of
from service.store.schema import upgrade
from service.store.tables import participants
from service.worker.keeping import keep
from tests.delivery.office import ACCEPTED, Office
from tests.store import season
from tests.store.season import DAY_BEFORE, HOUR, MINUTE, VERSION
from tests.torture.scale import RACES

GROUP = 10
"""So many people are owed the reminder of one session."""

LEAVES = None

Race = Callable[[str], Awaitable[Sequence[str]]]
"""What happens around the mail to a recipient; those who may get no mail once it is done."""


@dataclass
class Judge:
    """A relay that takes everything, and starts `race` for each mail somewhere around the ledger's last word.

    The numbers give the order: `asked` before the last word was asked for, `left` when it was heard and said yes,
    `answered` when whoever wants no mail had their answer.
    """

    race: Race
    chance: random.Random
    asked: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    _order: Iterator[int] = field(default_factory=count)
    _races: set[asyncio.Task[None]] = field(default_factory=set)

    async def connect(self) -> Line:
        return _Line(self)

    async def hand_over(self, recipient: str, commit: Commit) -> Outcome:
        start = self.chance.uniform(-1, 2)
        race = asyncio.create_task(self._run(recipient, start / 100))
        self._races.add(race)
        if start < -0.5:
            await race
        elif start < 0:
            for _ in range(self.chance.randrange(5)):
                await asyncio.sleep(0)
        self.asked[recipient] = next(self._order)
        if not await commit():
            return Outcome(Verdict.WITHDRAWN, Phase.BODY)
        self.left[recipient] = next(self._order)
        return ACCEPTED

    async def _run(self, recipient: str, delay: float) -> None:
        await asyncio.sleep(delay)
        for one in await self.race(recipient):
            self.answered[one] = next(self._order)

    async def finish(self) -> None:
        """Wait until everybody has their answer."""
        await asyncio.gather(*self._races)


@dataclass
class _Line:
    judge: Judge
    usable: bool = True

    async def hand_over(self, envelope: Envelope, commit: Commit, _: Follow = nobody, /) -> Outcome:
        outcome = await self.judge.hand_over(envelope.recipient, commit)
        self.usable = outcome is ACCEPTED
        return outcome

    async def close(self) -> None:
        self.usable = False


def name(number: int) -> str:
    return f"reader{number}@example.org"


def number_of(recipient: str) -> int:
    return int(recipient.removeprefix("reader").partition("@")[0])


def what_happens_to(number: int) -> ChangeKind | None:
    """A third of the people leave, a third of the sessions are called off, a third move."""
    return (LEAVES, ChangeKind.CANCELLED, ChangeKind.MOVED)[number // GROUP % 3]


def slug_of(number: int) -> str:
    return f"series{number // GROUP}"


def version_of(slug: str) -> Version:
    return replace(VERSION, uid=f"{slug}@example.org")


def open_series(connection: Connection) -> None:
    """A series with one session for every ten people, and the reminder of the day before, which is due."""
    rows = [
        {
            "series": slug_of(number),
            "address": name(number),
            "address_key": key_of(name(number)),
            "language": "ko",
            "timezone": "Asia/Seoul",
            "state": State.CONFIRMED,
            "created_at": datetime(2020, 1, 1, tzinfo=UTC),
            "since": datetime(2020, 1, 1, tzinfo=UTC),
        }
        for number in range(RACES)
    ]
    connection.execute(insert(participants), rows)
    for slug in dict.fromkeys(slug_of(number) for number in range(RACES)):
        version = version_of(slug)
        season.publish(connection, version, slug=slug)
        owing.owe_reminders(connection, slug, season.occasions(version)["1d"], DAY_BEFORE)


def leave(connection: Connection, number: int, now: datetime) -> None:
    membership.unsubscribe(connection, by_id(connection, number + 1), now)


def edit(connection: Connection, slug: str, kind: ChangeKind | None, now: datetime) -> None:
    """The organiser calls the session of a series off, or moves it."""
    before = revisions.load(connection, slug)
    assert before
    assert kind
    (old,) = before.revision.versions
    when = old.when
    session = (
        replace(old.session, status=Status.CANCELLED)
        if kind is ChangeKind.CANCELLED
        else replace(old.session, when=When(when.starts + 2 * HOUR, when.ends + 2 * HOUR))
    )
    new = replace(old, session=session, sequence=1)
    revision = Revision(versions=(new,), changes=(Change(kind, old, new),), minted=1)
    keep(connection, slug=slug, stored=replace(before, content=revision, changed_at=now), before=before, now=now)


async def nothing(_: str) -> Sequence[str]:
    return []


@pytest.mark.slow
async def test_after_the_answer_no_mail_leaves(address: str, tmp_path: Path, chance: random.Random) -> None:
    database = Database(tmp_path / "studybell.db", address)
    await database.write(upgrade)
    await database.write(open_series)
    office = Office(database, tmp_path)

    async def race(recipient: str) -> Sequence[str]:
        number = number_of(recipient)
        group, place = divmod(number, GROUP)
        if what_happens_to(number) is LEAVES:
            await database.write(partial(leave, number=number, now=office.time))
            return [recipient]
        if place != group % GROUP:  # one edit of each session, around the mail to any of its people
            return []
        await database.write(partial(edit, slug=slug_of(number), kind=what_happens_to(number), now=office.time))
        return [name(GROUP * group + one) for one in range(GROUP)]

    judge = Judge(race, chance)
    courier = office.employ(judge, connections=8)
    await courier.deliver_due()
    await judge.finish()
    rows = {row.address: row for row in await office.rows() if row.kind == "reminder"}

    early = {one for one, answer in judge.answered.items() if one not in judge.asked or answer < judge.asked[one]}
    close = set(judge.answered) - early
    gone = set(judge.left)
    print(f"{len(judge.answered)} races: {len(early)} answered before, {len(close)} later ({len(close & gone)} left)")
    assert not early & gone, "a mail left after the answer"
    assert early
    assert close & gone
    assert set(rows) == {name(number) for number in range(RACES)}
    assert {one for one, row in rows.items() if row.state is DeliveryState.SENT} == gone
    assert {row.state for one, row in rows.items() if one not in gone} == {DeliveryState.CANCELLED}

    told = Judge(nothing, chance)
    office.time += 11 * MINUTE
    await office.employ(told, connections=8).deliver_due()
    stayed = {one for one in gone if what_happens_to(number_of(one)) is not LEAVES}
    assert set(told.left) == stayed, "a notice goes to those who were told the old time, and to nobody else"
    database.close()
