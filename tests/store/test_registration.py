"""Registration: what may be mailed because somebody typed an address, how often, and what the answer gives away."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, select

from service.store import ledger, membership, participants
from service.store.database import Database
from service.store.keys import Keys, Purpose
from service.store.ledger import DeliveryState, Kind
from service.store.limits import SHARES, Answer, Pace, share_of
from service.store.participants import State
from service.store.registration import Registration, register
from service.store.schema import upgrade
from service.store.tables import signups, tokens
from tests.store.season import DAY, DAY_BEFORE, HOUR, MINUTE, SERIES

KEYS: Final = Keys(b"k" * 32)
NOW: Final = DAY_BEFORE
VICTIM: Final = "victim@example.org"


def wish(address: str = VICTIM, client: str = "192.0.2.0/24", name: str = "", language: str = "en") -> Registration:
    return Registration(
        series=SERIES, address=address, name=name, language=language, timezone="Europe/Berlin", client=client
    )


def ask(connection: Connection, wanted: Registration, now: datetime = NOW) -> Answer:
    return register(connection, KEYS, wanted, now=now, until=now + 72 * HOUR)


async def kinds(database: Database) -> list[Kind]:
    return [row.kind for row in await database.read(ledger.list_all)]


async def test_a_new_address_is_asked_whether_it_wants_this(database: Database) -> None:
    assert await database.write(partial(ask, wanted=wish())) is Answer.WELCOME

    (row,) = await database.read(ledger.list_all)
    assert (row.kind, row.state, row.expires_at) == (Kind.CONFIRMATION, DeliveryState.PLANNED, NOW + 72 * HOUR)
    person = await database.read(lambda c: participants.find(c, SERIES, VICTIM))
    assert person
    assert person.state is State.PENDING
    token = KEYS.token(Purpose.CONFIRM, person.id, person.generation)
    found = await database.read(lambda c: participants.by_token(c, Purpose.CONFIRM, token, NOW + 71 * HOUR))
    assert found == person


@pytest.mark.parametrize(
    ("state", "mails"),
    [
        (State.PENDING, [Kind.CONFIRMATION]),
        (State.CONFIRMED, [Kind.KNOWN]),
        (State.UNSUBSCRIBED, [Kind.CONFIRMATION]),
        (State.SUPPRESSED, []),
    ],
)
async def test_whatever_is_known_of_an_address_the_answer_is_the_same_and_the_mail_fits(
    database: Database, state: State, mails: list[Kind]
) -> None:
    def go(connection: Connection) -> Answer:
        before = membership.add(
            connection, series=SERIES, address=VICTIM, name="V", language="ko", timezone="UTC", state=state, now=NOW
        )
        answer = ask(connection, wish(name="Buy now"))
        after = participants.by_id(connection, before.id)
        assert (after == before) is (state in (State.CONFIRMED, State.SUPPRESSED))
        assert (after.state is State.CONFIRMED) is (state is State.CONFIRMED)
        return answer

    assert await database.write(go) is Answer.WELCOME
    assert await kinds(database) == mails


@pytest.mark.parametrize(
    "spelling",
    ["Victim@Example.org", "victim+news@example.org", " victim@example.org"],
)
async def test_spellings_of_one_mailbox_share_its_limit(database: Database, spelling: str) -> None:
    await database.write(partial(ask, wanted=wish()))
    assert await database.write(partial(ask, wanted=wish(spelling))) is Answer.WELCOME

    assert len(await kinds(database)) == 1


async def test_dots_and_both_names_of_one_big_provider_are_one_mailbox(database: Database) -> None:
    for address in ("v.ictim@gmail.com", "victim@googlemail.com", "vic.tim+1@gmail.com"):
        await database.write(partial(ask, wanted=wish(address)))

    assert len(await kinds(database)) == 1


async def test_nobody_can_be_bombed_through_the_form(database: Database) -> None:
    times = [(NOW + hours * HOUR, f"198.51.{hours % 250}.0/24") for hours in range(24 * 32)]

    def attack(connection: Connection) -> set[Answer]:
        return {ask(connection, wish(client=client), now) for now, client in times}

    assert await database.write(attack) == {Answer.WELCOME}
    mails = [row.due_at for row in await database.read(ledger.list_all)]
    assert mails
    assert all(sum(at <= other < at + DAY for other in mails) <= 3 for at in mails)
    assert all(sum(at <= other < at + timedelta(days=30) for other in mails) <= 5 for at in mails)


async def test_ten_minutes_later_a_person_who_waits_in_vain_may_ask_again(database: Database) -> None:
    for later in (0, 9, 11):
        await database.write(partial(ask, wanted=wish(), now=NOW + later * MINUTE))

    assert len(await kinds(database)) == 2, "the try in between caused no mail and does not count"


async def test_one_visitor_cannot_register_the_whole_world(database: Database) -> None:
    most = SHARES[0][1].hour
    people = count()

    def flood(connection: Connection, now: datetime, client: str) -> list[Answer]:
        return [ask(connection, wish(f"p{next(people)}@example.org", client), now) for _ in range(most + 5)]

    answers = await database.write(partial(flood, now=NOW, client="192.0.2.0/24"))
    assert answers == [Answer.WELCOME] * most + [Answer.TOO_MANY] * 5
    assert await database.write(partial(ask, wanted=wish(client="203.0.113.0/24"))) is Answer.WELCOME
    assert len(await kinds(database)) == most + 1
    again = replace(wish("late@example.org"), is_person=True)
    assert await database.write(partial(ask, wanted=again, now=NOW + HOUR + MINUTE)) is Answer.WELCOME


async def test_a_slow_and_scattered_attack_meets_the_limit_for_all(database: Database) -> None:
    most = SHARES[-1][0].hour

    def flood(connection: Connection) -> list[Answer]:
        return [ask(connection, wish(f"p{n}@d{n}.example.org", f"net {n}")) for n in range(most + 5)]

    answers = await database.write(flood)

    assert answers == [Answer.WELCOME] * most + [Answer.TOO_MANY] * 5
    assert len(await kinds(database)) == most


@pytest.mark.parametrize(
    ("together", "share"),
    [
        (Pace(0, 0), Pace(50, 100)), (Pace(99, 499), Pace(50, 100)), (Pace(100, 100), Pace(5, 20)),
        (Pace(0, 500), Pace(5, 20)), (Pace(200, 200), Pace(1, 1)), (Pace(399, 1999), Pace(1, 1)),
        (Pace(400, 400), Pace(0, 0)), (Pace(0, 2000), Pace(0, 0)),
    ],
)  # fmt: skip
def test_the_more_is_asked_the_less_each_network_may(together: Pace, share: Pace) -> None:
    assert share_of(together) == share


async def test_trying_one_address_for_ever_uses_up_nobody_else_s_share(database: Database) -> None:
    def hammer(connection: Connection) -> set[Answer]:
        return {ask(connection, wish(client=f"net {n}")) for n in range(500)}

    assert await database.write(hammer) == {Answer.WELCOME}
    assert await database.write(partial(ask, wanted=wish("real@example.org", "home"))) is Answer.WELCOME
    assert len(await kinds(database)) == 2


def crowd(connection: Connection, *, confirmed: int, of: int = 20) -> None:
    """So many register, one from each network, and some of them say yes."""
    for n in range(of):
        assert ask(connection, wish(f"p{n}@example.org", f"net {n}")) is Answer.WELCOME
        if n < confirmed and (person := participants.find(connection, SERIES, f"p{n}@example.org")):
            membership.confirm(connection, KEYS, person, NOW)


@pytest.mark.parametrize(
    ("confirmed", "of", "later", "answer"),
    [
        (6, 20, HOUR, Answer.DOUBT),
        (7, 20, HOUR, Answer.WELCOME),
        (0, 19, HOUR, Answer.WELCOME),
        (0, 20, 59 * MINUTE, Answer.WELCOME),
    ],
)
async def test_when_few_confirm_it_is_asked_who_asks(
    database: Database, confirmed: int, of: int, later: timedelta, answer: Answer
) -> None:
    await database.write(partial(crowd, confirmed=confirmed, of=of))

    assert await database.write(partial(ask, wanted=wish(), now=NOW + later)) is answer
    assert (await database.read(lambda c: participants.find(c, SERIES, VICTIM)) is None) is (answer is Answer.DOUBT)


async def test_a_person_gets_in_in_doubtful_times(database: Database) -> None:
    await database.write(partial(crowd, confirmed=0))
    person = replace(wish("real@example.org"), is_person=True)

    assert await database.write(partial(ask, wanted=person, now=NOW + HOUR)) is Answer.WELCOME


@pytest.mark.parametrize("state", [None, *State])
async def test_doubt_does_not_depend_on_the_address(database: Database, state: State | None) -> None:
    def go(connection: Connection) -> Answer:
        crowd(connection, confirmed=0)
        if state:
            membership.add(
                connection, series=SERIES, address=VICTIM, language="ko", timezone="UTC", state=state, now=NOW
            )
        return ask(connection, wish(), NOW + HOUR)

    assert await database.write(go) is Answer.DOUBT


async def test_neither_links_nor_visitors_stand_in_the_database(database: Database) -> None:
    def go(connection: Connection) -> list[object]:
        ask(connection, wish())
        person = participants.find(connection, SERIES, VICTIM)
        assert person
        membership.confirm(connection, KEYS, person, NOW)
        everything: list[object] = [*connection.execute(select(tokens)), *connection.execute(select(signups))]
        return everything

    said = repr(await database.write(go))

    assert "192.0.2" not in said
    assert "victim" not in said
    assert not any(KEYS.token(purpose, 1, 0) in said for purpose in Purpose)


def test_no_byte_of_a_link_or_of_the_secret_is_in_the_database_file(tmp_path: Path) -> None:
    def go(connection: Connection) -> int:
        upgrade(connection)
        ask(connection, wish())
        person = participants.find(connection, SERIES, VICTIM)
        assert person
        return membership.confirm(connection, KEYS, person, NOW).id

    database = Database(tmp_path / "bell.db")
    person = database.submit(go).result()
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    database.close()

    assert VICTIM.encode() in held
    assert KEYS.secret not in held
    assert not any(KEYS.token(purpose, person, 0).encode() in held for purpose in Purpose)
