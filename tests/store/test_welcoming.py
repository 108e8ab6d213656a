"""Welcoming: once, and only those who said yes themselves."""

from sqlalchemy import Connection

from service.store import claiming, ledger, membership, settling
from service.store.database import Database
from service.store.keys import Keys
from service.store.lanes import Lane
from service.store.ledger import DeliveryState, Kind
from service.store.participants import Participant, State
from service.store.settling import Settlement
from service.store.welcoming import welcome
from tests.store import season
from tests.store.season import DAY, DAY_BEFORE, SERIES

KEYS = Keys(b"k" * 32)
NOW = DAY_BEFORE


def ask(connection: Connection) -> Participant:
    return membership.add(
        connection,
        series=SERIES,
        address="hana@example.org",
        language="ko",
        timezone="Asia/Seoul",
        state=State.PENDING,
        now=NOW,
    )


async def test_who_confirms_is_welcomed_within_two_days(database: Database) -> None:
    await database.write(lambda connection: membership.confirm(connection, KEYS, ask(connection), NOW + DAY))

    (row,) = await database.read(ledger.list_all)
    assert (row.kind, row.due_at, row.expires_at) == (Kind.WELCOME, NOW + DAY, NOW + 3 * DAY)


async def test_who_confirms_again_or_comes_back_is_not_welcomed_again(database: Database) -> None:
    def go(connection: Connection) -> None:
        person = membership.confirm(connection, KEYS, ask(connection), NOW)
        membership.confirm(connection, KEYS, person, NOW + DAY)
        person = membership.unsubscribe(connection, person, NOW + DAY)
        membership.confirm(connection, KEYS, person, NOW + 2 * DAY)

    await database.write(go)

    assert len(await database.read(ledger.list_all)) == 1


async def test_whom_the_organiser_registers_is_not_welcomed(database: Database) -> None:
    await database.write(lambda connection: season.join(connection, "listed"))

    assert await database.read(ledger.list_all) == []


async def test_whose_welcome_was_sent_gets_no_other(database: Database) -> None:
    def go(connection: Connection) -> None:
        person = membership.confirm(connection, KEYS, ask(connection), NOW)
        (owed,) = claiming.claim(connection, "me", Lane.SIGN_UPS, NOW, 9)
        assert claiming.hand_off(connection, "me", [owed], NOW)
        settling.settle(connection, [(owed, Settlement(state=DeliveryState.SENT, reason="ok"))], NOW)
        welcome(connection, person.id, NOW + DAY)

    await database.write(go)
    (row,) = await database.read(ledger.list_all)
    assert (row.state, row.reason) == (DeliveryState.SENT, "ok")
