"""Housekeeping: what is forgotten, and what is not."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Final

import pytest
from sqlalchemy import Connection, func, insert, select

from service.store import ledger, membership, participants
from service.store.bounces import Bounce, note_bounce
from service.store.database import Database
from service.store.housekeeping import tidy
from service.store.keys import Keys, Purpose
from service.store.ledger import DeliveryState
from service.store.participants import State, remember_token
from service.store.registration import Registration, register
from service.store.tables import desk_keys, signups, tokens
from tests.store.season import DAY, DAY_BEFORE, HOUR, SERIES

KEYS: Final = Keys(b"k" * 32)
NOW: Final = DAY_BEFORE


def ask(connection: Connection, name: str, after: timedelta = timedelta(0)) -> None:
    """Register by the form."""
    wish = Registration(
        series=SERIES,
        address=f"{name}@example.org",
        name="",
        language="en",
        timezone="Europe/Berlin",
        client=f"the network of {name}",
    )
    register(connection, KEYS, wish, now=NOW + after, until=NOW + after + 72 * HOUR)


async def names(database: Database) -> list[str]:
    return [person.address.partition("@")[0] for person in await database.read(participants.list_all)]


async def test_an_address_that_nobody_confirmed_is_forgotten_after_a_week(database: Database) -> None:
    await database.write(partial(ask, name="bot"))

    assert await database.write(partial(tidy, now=NOW + 7 * DAY - HOUR)) == 0
    assert await names(database) == ["bot"]
    assert await database.write(partial(tidy, now=NOW + 7 * DAY)) == 1
    assert await names(database) == []


async def test_who_asked_again_lately_can_still_confirm(database: Database) -> None:
    await database.write(partial(ask, name="late"))
    await database.write(partial(ask, name="late", after=6 * DAY))

    assert await database.write(partial(tidy, now=NOW + 8 * DAY)) == 0
    assert await database.write(partial(tidy, now=NOW + 9 * DAY)) == 1


@pytest.mark.parametrize("state", [State.CONFIRMED, State.UNSUBSCRIBED, State.SUPPRESSED])
async def test_whoever_was_ever_heard_of_is_kept(database: Database, state: State) -> None:
    def enter(connection: Connection) -> None:
        membership.add(
            connection, series=SERIES, address="r@example.org", language="en", timezone="UTC", state=state, now=NOW
        )

    await database.write(enter)

    assert await database.write(partial(tidy, now=NOW + 400 * DAY)) == 0
    assert await names(database) == ["r"]


async def test_a_typed_address_that_does_not_exist_is_forgotten_too(database: Database) -> None:
    def find_out(connection: Connection) -> None:
        ask(connection, "tpyo")
        (asked,) = ledger.list_all(connection)
        assert note_bounce(connection, asked, Bounce(NOW + HOUR, "5.1.1", "unknown", returned=True))
        ask(connection, "tpyo", after=2 * HOUR)
        assert len(ledger.list_all(connection)) == 1

    await database.write(find_out)

    assert await database.write(partial(tidy, now=NOW + 6 * DAY)) == 0
    assert await database.write(partial(tidy, now=NOW + 9 * DAY)) == 1


async def test_the_ledger_keeps_its_rows(database: Database) -> None:
    await database.write(partial(ask, name="bot"))
    await database.write(partial(tidy, now=NOW + 7 * DAY))

    (row,) = await database.read(ledger.list_all)
    assert (row.state, row.reason) == (DeliveryState.CANCELLED, "erased")


async def test_links_that_have_run_out_are_forgotten_and_lasting_ones_are_not(database: Database) -> None:
    def enter(connection: Connection) -> None:
        person = membership.add(
            connection,
            series=SERIES,
            address="r@example.org",
            language="en",
            timezone="UTC",
            state=State.PENDING,
            now=NOW,
        )
        remember_token(connection, KEYS, person, Purpose.CONFIRM, expires_at=NOW + HOUR)
        remember_token(connection, KEYS, person, Purpose.PREFERENCES)
        for digest, hours in (("old", 1), ("new", 3)):
            key = {"digest": digest, "purpose": "link", "expires_at": NOW + hours * HOUR}
            connection.execute(insert(desk_keys).values(**key))

    await database.write(enter)
    await database.write(partial(tidy, now=NOW + 2 * HOUR))

    def read(connection: Connection) -> tuple[list[str], list[str]]:
        kept = connection.execute(select(desk_keys.c.digest)).scalars()
        return list(connection.execute(select(tokens.c.purpose)).scalars()), list(kept)

    assert await database.read(read) == (["me"], ["new"])


async def test_who_asked_is_forgotten_after_a_month(database: Database) -> None:
    def count(connection: Connection) -> int:
        return connection.execute(select(func.count()).select_from(signups)).scalar_one()

    await database.write(partial(ask, name="one"))
    await database.write(partial(ask, name="two", after=30 * DAY))

    await database.write(partial(tidy, now=NOW + 30 * DAY))
    assert await database.read(count) == 2
    await database.write(partial(tidy, now=NOW + 31 * DAY))
    assert await database.read(count) == 1


async def test_tidying_up_again_changes_nothing(database: Database) -> None:
    await database.write(partial(ask, name="bot"))
    first = await database.write(partial(tidy, now=NOW + 8 * DAY))
    again = await database.write(partial(tidy, now=NOW + 8 * DAY))

    states = Counter(row.state for row in await database.read(ledger.list_all))
    assert (first, again, states) == (1, 0, {DeliveryState.CANCELLED: 1})
