"""The tray: claims ahead, serves every lane in turn, and gives back what is not taken."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from service.delivery.brake import Brake
from service.delivery.tray import Tray
from service.store import owing
from service.store.database import Database
from service.store.ledger import Delivery, DeliveryState, Kind
from tests.delivery.office import Office
from tests.delivery.test_courier import owe_confirmation
from tests.store import conftest as stores
from tests.store.season import DAY_BEFORE, SERIES

address, database, postgresql = stores.address, stores.database, stores.postgresql


@pytest.fixture
def office(database: Database, tmp_path: Any) -> Office:
    return Office(database, tmp_path)


def lay(office: Office) -> Tray:
    return Tray(office.database, Brake(), "me", lambda: office.time)


async def take_all(tray: Tray) -> list[Delivery]:
    taken = []
    while await tray.has_more():
        taken.append(tray.take())
    return taken


def count_writes(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    write = office.database.write
    seen: list[object] = []

    async def count(work: Callable[[Any], Any]) -> Any:
        seen.append(work)
        return await write(work)

    monkeypatch.setattr(office.database, "write", count)
    return seen


async def test_everything_that_is_due_is_taken_once_most_urgent_first(office: Office) -> None:
    await office.open(people=450)

    taken = await take_all(lay(office))

    assert [one.id for one in taken] == sorted(one.id for one in await office.rows())


async def test_every_lane_has_its_turn(office: Office) -> None:
    await office.open(people=50)
    for number in range(3):
        await owe_confirmation(office, f"newcomer{number}")
    await office.database.write(
        partial(owing.owe_organiser, kind=Kind.SOURCE_BROKEN, series=SERIES, since=DAY_BEFORE, note="?", now=DAY_BEFORE)
    )

    kinds = [one.kind for one in await take_all(lay(office))]

    assert kinds[:7].count(Kind.CONFIRMATION) == 3
    assert Kind.SOURCE_BROKEN in kinds[:4]


async def test_more_is_claimed_while_there_is_still_something_to_take(office: Office) -> None:
    await office.open(people=400)
    tray = lay(office)
    assert await tray.has_more()
    for _ in range(100):
        tray.take()

    assert await tray.has_more()
    await asyncio.sleep(0.5)
    assert await tray.has_more()

    assert len(tray) == 200


async def test_a_ledger_that_had_nothing_more_is_left_alone_for_a_moment(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.open(people=3)
    tray = lay(office)
    await take_all(tray)
    asked = count_writes(office, monkeypatch)

    assert not await tray.has_more()
    assert asked == []
    assert not await tray.has_more(surely=True)
    assert len(asked) == 1


async def test_what_lies_too_long_is_claimed_anew_with_what_became_more_urgent(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.delivery.tray._SHIFT", timedelta(0))
    await office.open(people=200)
    tray = lay(office)
    assert await tray.has_more()
    await owe_confirmation(office)

    kinds = set()
    for _ in range(3):
        assert await tray.has_more()
        kinds.add(tray.take().kind)

    assert Kind.CONFIRMATION in kinds
    assert (await office.tally())[DeliveryState.CLAIMED] == 201


async def test_what_is_at_hand_is_taken_without_waiting_and_more_is_claimed_meanwhile(office: Office) -> None:
    await office.open(people=250)
    tray = lay(office)
    assert not tray.has_at_hand()
    assert await tray.has_more()

    taken = 0
    while tray.has_at_hand():
        tray.take()
        taken += 1
    assert taken == 200
    assert await tray.has_more()

    assert len(tray) == 50


async def test_what_is_put_back_is_taken_next(office: Office) -> None:
    await office.open(people=3)
    tray = lay(office)
    assert await tray.has_more()
    first = tray.take()

    tray.put_back(first)

    assert tray.take() == first


async def test_what_is_cleared_away_is_planned_again_with_the_reason(office: Office) -> None:
    await office.open(people=3)
    tray = lay(office)
    assert await tray.has_more()

    await tray.clear("connect: connection refused")

    assert await office.tally() == {DeliveryState.PLANNED: 3}
    assert {row.reason for row in await office.rows()} == {"connect: connection refused"}
