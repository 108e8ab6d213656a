"""Clocks that step, shake, sleep or lie: reminders leave when they are due, once, and a lie stops all until it ends."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from service.app.service import App, open_app
from service.store.census import take_census
from service.store.ledger import DeliveryState
from service.worker.restraint import Restrained
from tests.app.conftest import House, Watch, join

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=seconds) for seconds in (1, 60, 3600, 86400))
DUE = datetime(2026, 3, 3, 19, tzinfo=UTC)  # a day before; an hour before is 23 hours later
TICK = timedelta(seconds=30)


async def pass_time(
    app: App, watch: Watch, span: timedelta, offs: Iterable[timedelta] = (), tick: timedelta = TICK
) -> int:
    """Let time pass in ticks; `offs` are how wrong the clock is at each, the last of them on. How often it was held."""
    errors, held = iter(offs), 0
    for _ in range(int(span / tick)):
        watch.time += tick
        watch.off = next(errors, watch.off)
        try:
            await app.worker.do_once()
        except Restrained:
            held += 1
    return held


async def sent(app: App) -> int:
    census = await app.store.database.read(take_census)
    assert census.flaws == ()
    return census.stock.states[DeliveryState.SENT]


async def expired(app: App) -> int:
    return (await app.store.database.read(take_census)).stock.states[DeliveryState.EXPIRED]


@pytest.mark.parametrize("step", [-HOUR, -10 * MINUTE, 10 * MINUTE, HOUR])
async def test_a_step_before_a_reminder_shifts_it_with_the_clock_and_sends_it_once(
    house: House, step: timedelta
) -> None:
    async with open_app(house.settings, house.watch) as app:
        await app.store.database.write(partial(join, name="reader", at=LONG_AGO))
        house.watch.time = DUE - 5 * MINUTE
        await pass_time(app, house.watch, MINUTE, [step])
        if step < timedelta(0):
            for tick in (5 * TICK, TICK):
                await pass_time(app, house.watch, DUE - house.watch.now() - TICK, tick=tick)
            assert await sent(app) == 0, "by the clock it is not due yet"
        assert await pass_time(app, house.watch, 2 * TICK) == 0

        assert await sent(app) == 1
        await pass_time(app, house.watch, 5 * MINUTE)
        assert await sent(app) == 1


@pytest.mark.parametrize("step", [-HOUR, -MINUTE, HOUR])
async def test_a_step_after_a_reminder_does_not_repeat_it(house: House, step: timedelta) -> None:
    async with open_app(house.settings, house.watch) as app:
        await app.store.database.write(partial(join, name="reader", at=LONG_AGO))
        await pass_time(app, house.watch, MINUTE)
        assert await sent(app) == 1

        assert await pass_time(app, house.watch, 62 * MINUTE, [step], 2 * MINUTE) == 0
        assert await sent(app) == 1


async def test_a_clock_that_shakes_sends_once(house: House) -> None:
    async with open_app(house.settings, house.watch) as app:
        await app.store.database.write(partial(join, name="reader", at=LONG_AGO))
        await pass_time(app, house.watch, 4 * MINUTE, [shake * 20 * SECOND for shake in (1, -1) * 4])

        assert await sent(app) == 1


async def test_a_machine_that_sleeps_through_a_reminder_sends_it_on_waking(house: House) -> None:
    async with open_app(house.settings, house.watch) as app:
        await app.store.database.write(partial(join, name="reader", at=LONG_AGO))
        house.watch.time += 8 * HOUR

        assert await pass_time(app, house.watch, TICK) == 0
        assert await sent(app) == 1
        await pass_time(app, house.watch, MINUTE)
        assert await sent(app) == 1


async def test_a_machine_that_sleeps_through_two_sends_the_one_that_still_helps(house: House) -> None:
    async with open_app(house.settings, house.watch) as app:
        await app.store.database.write(partial(join, name="reader", at=LONG_AGO))
        house.watch.time = DUE + 23 * HOUR + 10 * MINUTE
        await pass_time(app, house.watch, MINUTE)

        assert await sent(app) == 1


@pytest.mark.parametrize("years", [-10, 10])
async def test_a_clock_that_lies_by_years_stops_all_and_costs_nothing_once_it_is_right(
    house: House, years: int
) -> None:
    async with open_app(house.settings, house.watch) as app:
        await app.store.database.write(partial(join, name="reader", at=LONG_AGO))
        house.watch.time -= 2 * MINUTE
        await pass_time(app, house.watch, TICK)
        lie = years * 365 * DAY
        assert await pass_time(app, house.watch, 5 * MINUTE, [lie]) == 10
        assert (await sent(app), await expired(app)) == (0, 0)

        house.watch.time = DUE
        assert await pass_time(app, house.watch, 2 * TICK, [timedelta(0)]) == 0
        assert (await sent(app), await expired(app)) == (1, 0)


async def test_a_lie_that_was_told_while_the_service_was_off_is_found_at_the_start(house: House) -> None:
    async with open_app(house.settings, house.watch) as app:
        await app.store.database.write(partial(join, name="reader", at=LONG_AGO))
        house.watch.time -= MINUTE
        await pass_time(app, house.watch, TICK)
    house.watch.off = 3 * DAY

    async with open_app(house.settings, house.watch) as app:
        assert await pass_time(app, house.watch, MINUTE) == 2
        assert await pass_time(app, house.watch, MINUTE, [timedelta(0)]) == 0
        assert await sent(app) == 1
