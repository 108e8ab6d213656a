"""A lost link: who gets a mail with it, within the limits of registering, and that nobody else notices."""

from functools import partial

import pytest
from sqlalchemy import Connection

from service.store import ledger, membership
from service.store.database import Database
from service.store.keys import Keys
from service.store.limits import Answer, Asked, list_asked
from service.store.participants import State, list_all
from service.store.registration import send_link
from tests.store.season import DAY, DAY_BEFORE, HOUR, MINUTE

KEYS = Keys(b"k" * 32)
NOW = DAY_BEFORE


def join(connection: Connection, series: str, state: State = State.CONFIRMED) -> None:
    wish = {"series": series, "address": "hana@example.org", "language": "ko", "timezone": "Asia/Seoul"}
    membership.add(connection, **wish, state=state, now=NOW)


def ask(connection: Connection, address: str = "Hana@example.org", after: int = 0, client: str = "net") -> Answer:
    now = NOW + after * MINUTE
    return send_link(connection, KEYS, Asked(address=address, client=client), now=now, until=now + 72 * HOUR)


async def mails(database: Database) -> list[tuple[str, str]]:
    return [(one.kind, one.series) for one in await database.read(ledger.list_all)]


async def test_whoever_is_registered_gets_one_mail_for_all_their_series(database: Database) -> None:
    for series in ("b", "a"):
        await database.write(partial(join, series=series))

    assert await database.write(ask) is Answer.WELCOME
    assert await mails(database) == [("known", "a")]


@pytest.mark.parametrize("state", [State.PENDING, State.UNSUBSCRIBED, State.SUPPRESSED])
async def test_nobody_else_gets_mail_and_everybody_gets_the_same_answer(database: Database, state: State) -> None:
    await database.write(partial(join, series="a", state=state))

    assert await database.write(ask) is Answer.WELCOME
    assert await database.write(partial(ask, address="stranger@example.org")) is Answer.WELCOME
    assert await mails(database) == []
    assert [one.state for one in await database.read(list_all)] == [state], "nobody is registered by asking"


async def test_the_limits_are_those_of_registering(database: Database) -> None:
    await database.write(partial(join, series="a"))
    for minutes in (0, 5, 11, 22, 33):
        assert await database.write(partial(ask, after=minutes, client=f"net {minutes}")) is Answer.WELCOME

    assert len(await mails(database)) == 3
    assert len(await database.read(lambda c: list_asked(c, KEYS, "hana@example.org"))) == 3


async def test_a_network_that_asks_too_often_is_told_so_whomever_it_asks_for(database: Database) -> None:
    def flood(connection: Connection, name: str) -> list[Answer]:
        return [ask(connection, f"{name}{number}@example.org", client=name) for number in range(51)]

    for name in ("one", "other"):
        answers = await database.write(partial(flood, name=name))
        assert (answers[49], answers[50]) == (Answer.WELCOME, Answer.TOO_MANY)


async def test_strangers_that_are_asked_for_use_up_nobodys_share(database: Database) -> None:
    """Only mails count for all together: a flood of unknown addresses keeps nobody from registering."""

    def flood(connection: Connection, name: str) -> None:
        for number in range(49):
            ask(connection, f"{name}-{number}@example.org", client=name)

    for name in ("0", "1", "2"):
        await database.write(partial(flood, name=name))

    assert await database.read(lambda c: list_asked(c, KEYS, "0-0@example.org")) == []
    assert await database.write(partial(ask, after=int(2 * DAY / MINUTE), client="late")) is Answer.WELCOME
