"""The clerk: one commit for all who ask at the same time, each with an answer of their own, and nothing forgotten."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from service.delivery.clerk import Clerk
from service.delivery.journal import Journal
from service.store import claiming, membership, participants
from service.store.database import Database, DatabaseTrouble
from service.store.lanes import Lane
from service.store.ledger import Delivery, DeliveryState
from service.store.settling import Settlement
from tests.delivery.office import Office
from tests.store import conftest as stores
from tests.store.season import DAY_BEFORE

address, database, postgresql = stores.address, stores.database, stores.postgresql
SENT = Settlement(state=DeliveryState.SENT, reason="dot: 250 ok")
PEOPLE = 30


class Desk:
    """An office whose deliveries are claimed, a clerk for them, and the units that the clerk had written."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.office = Office(database, folder)
        self.enough = asyncio.Event()
        self.clerk = Clerk(database, Journal(folder, "me"), "me", lambda: DAY_BEFORE, self.enough)
        self.units: list[Any] = []
        self.outages = 0
        self.fault: Exception | None = None
        self._write = database.write

    async def open(self, monkeypatch: pytest.MonkeyPatch) -> list[Delivery]:
        await self.office.open(people=PEOPLE)
        claim = partial(claiming.claim, owner="me", lane=Lane.REMINDERS, now=DAY_BEFORE, most=PEOPLE)
        claimed = await self.office.database.write(claim)
        monkeypatch.setattr(self.office.database, "write", self._record)
        return claimed

    async def _record(self, work: Any) -> Any:
        self.units.append(work)
        if self.fault:
            fault, self.fault = self.fault, None
            raise fault
        if self.outages:
            self.outages -= 1
            raise DatabaseTrouble("the database is away")
        return await self._write(work)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path)


async def test_all_who_ask_at_the_same_time_share_one_commit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    claimed = await desk.open(monkeypatch)

    answers = await asyncio.gather(*map(desk.clerk.may_leave, claimed))

    assert answers == [True] * PEOPLE
    assert len(desk.units) == 1
    assert await desk.office.tally() == {DeliveryState.HANDING: PEOPLE}


async def test_each_gets_the_answer_to_its_own_question(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    claimed = await desk.open(monkeypatch)

    def leave(connection: Connection) -> None:
        for delivery in claimed[::3]:
            person = participants.by_id(connection, delivery.participant_id)
            membership.unsubscribe(connection, person, DAY_BEFORE)

    await desk.office.database.write(leave)

    answers = await asyncio.gather(*map(desk.clerk.may_leave, claimed))

    assert answers == [number % 3 != 0 for number in range(PEOPLE)]
    withdrawn = {row.reason for row in await desk.office.rows() if row.state is DeliveryState.CANCELLED}
    assert withdrawn == {"unsubscribed"}


async def test_a_mail_is_settled_no_later_than_the_next_one_is_handed_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that who is killed leaves no more than one mail in doubt for each line."""
    claimed = await desk.open(monkeypatch)

    async def work(mine: list[Delivery]) -> None:
        for delivery in mine:
            assert await desk.clerk.may_leave(delivery)
            handing = (await desk.office.tally()).get(DeliveryState.HANDING, 0)
            assert handing <= 5, "one of each line"
            desk.clerk.settle(delivery, SENT)

    await asyncio.gather(*(work(claimed[line::5]) for line in range(5)))
    await desk.clerk.finish()

    assert await desk.office.tally() == {DeliveryState.SENT: PEOPLE}
    assert len(desk.units) < 2 * PEOPLE


async def test_who_asks_an_absent_database_is_told_and_what_was_settled_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.delivery.clerk._PAUSES", (0.01,))
    first, second, *_ = await desk.open(monkeypatch)
    assert await desk.clerk.may_leave(first)
    desk.outages = 1

    desk.clerk.settle(first, SENT)
    with pytest.raises(DatabaseTrouble, match="away"):
        await desk.clerk.may_leave(second)
    await asyncio.wait_for(desk.clerk.finish(), 5)

    tally = await desk.office.tally()
    assert tally == {DeliveryState.SENT: 1, DeliveryState.CLAIMED: PEOPLE - 1}


async def test_a_fault_that_nobody_foresaw_makes_the_clerk_forget_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = await desk.open(monkeypatch)
    assert await desk.clerk.may_leave(first)
    desk.fault = RuntimeError("a bug")

    desk.clerk.settle(first, SENT)
    with pytest.raises(RuntimeError, match="a bug"):
        await desk.clerk.may_leave(second)
    await asyncio.wait_for(desk.clerk.finish(), 5)

    assert (await desk.office.tally())[DeliveryState.SENT] == 1


async def test_whose_order_fails_by_a_fault_that_nobody_foresaw_is_told_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = await desk.open(monkeypatch)
    assert await desk.clerk.may_leave(first)
    desk.clerk.settle(first, SENT)

    def spoil(_: object) -> None:
        raise LookupError("a bug")

    with pytest.raises(LookupError, match="a bug"):
        await asyncio.wait_for(desk.clerk.order(spoil), 5)
    await asyncio.wait_for(desk.clerk.finish(), 5)

    assert (await desk.office.tally())[DeliveryState.SENT] == 1


async def test_who_has_given_up_waiting_is_not_handed_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    claimed = await desk.open(monkeypatch)
    asking = [asyncio.create_task(desk.clerk.may_leave(delivery)) for delivery in claimed]
    await asyncio.sleep(0)
    for task in asking[:10]:
        task.cancel()

    await asyncio.gather(*asking, return_exceptions=True)

    tally = await desk.office.tally()
    assert tally == {DeliveryState.HANDING: PEOPLE - 10, DeliveryState.CLAIMED: 10}
