"""A round: lines stay at work while there is work, and one that hangs holds up no other, nor what comes later."""

import asyncio
from pathlib import Path

import pytest

from service.delivery.envelope import Envelope
from service.store.database import Database
from service.store.ledger import DeliveryState
from tests.delivery.office import Office, Relay
from tests.delivery.test_courier import owe_confirmation
from tests.store import conftest as stores

address, database, postgresql = stores.address, stores.database, stores.postgresql


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


class Hanging(Relay):
    """A relay that lets the first mail wait for its answer until `release` is set."""

    def __init__(self) -> None:
        super().__init__(pause=self._hang)
        self.release = asyncio.Event()

    def _hang(self) -> asyncio.Future[None] | None:
        return asyncio.ensure_future(self._wait()) if len(self.handed) == 1 else None

    async def _wait(self) -> None:
        await self.release.wait()


async def test_a_line_that_hangs_does_not_hold_up_who_comes_later(office: Office) -> None:
    await office.open(people=5)
    relay = Hanging()
    delivering = asyncio.create_task(office.employ(relay).deliver_due())
    await relay.has_taken(5)
    await asyncio.sleep(0.1)
    await owe_confirmation(office)

    await relay.has_taken(6)

    assert relay.recipients[-1] == "newcomer@example.org"
    assert not delivering.done()
    relay.release.set()
    await asyncio.wait_for(delivering, 10)
    assert await office.tally() == {DeliveryState.SENT: 6}
    assert relay.open == 0


async def test_nobody_waits_behind_a_mail_for_which_the_relay_takes_its_time(office: Office) -> None:
    await office.open(people=9)
    relay = Hanging()
    delivering = asyncio.create_task(office.employ(relay, connections=2).deliver_due())

    await relay.has_taken(9)

    assert not delivering.done()
    relay.release.set()
    await asyncio.wait_for(delivering, 10)
    assert await office.tally() == {DeliveryState.SENT: 9}
    assert sorted(relay.recipients) == sorted(f"reader{number}@example.org" for number in range(9))


async def test_no_more_lines_are_opened_than_there_are_mails(office: Office) -> None:
    await office.open(people=2)
    relay = Relay()

    await office.employ(relay, connections=50).deliver_due()

    assert relay.lines <= 2


async def test_a_round_that_is_cancelled_closes_its_lines(office: Office) -> None:
    await office.open(people=5)
    relay = Hanging()
    delivering = asyncio.create_task(office.employ(relay).deliver_due())
    await relay.has_taken(5)

    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)

    assert relay.open == 0
    tally = await office.tally()
    assert tally.get(DeliveryState.HANDING, 0) <= 5


async def test_a_fault_in_one_mail_is_told_and_the_others_go_on(office: Office) -> None:
    await office.open(people=12)

    def answer(envelope: Envelope) -> object:
        if envelope.recipient == "reader3@example.org":
            raise ZeroDivisionError("a bug")
        return Relay().answer(envelope)

    relay = Relay(answer)  # type: ignore[arg-type]

    with pytest.raises(ZeroDivisionError):
        await office.employ(relay).deliver_due()

    assert await office.tally() == {DeliveryState.SENT: 11, DeliveryState.PLANNED: 1}


async def test_who_is_announced_behind_a_mail_in_which_there_is_a_fault_goes_another_way(office: Office) -> None:
    await office.open(people=12)
    relay = Relay()

    def stumble() -> None:
        if relay.recipients[-1] == "reader3@example.org":
            raise ZeroDivisionError("a bug")

    relay.pause = stumble

    with pytest.raises(ZeroDivisionError):
        await office.employ(relay, connections=2).deliver_due()

    assert await office.tally() == {DeliveryState.SENT: 11, DeliveryState.HANDING: 1}
    assert len(set(relay.recipients)) == 12
