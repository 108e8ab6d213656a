"""Intake: what is done about a mail that came back, from its bytes to the ledger."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from service.delivery.intake import take_in
from service.delivery.returned import read_returned
from service.store import ledger, owing, participants
from service.store.database import Database
from service.store.ledger import Delivery, DeliveryState
from service.store.participants import State
from service.store.schema import upgrade
from service.store.tables import deliveries
from tests.delivery.test_returned import CORPUS, NOW, VERP, names
from tests.store import season
from tests.store.season import DAY_BEFORE, SERIES, VERSION


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "studybell.db")
    opened.submit(upgrade).result()
    yield opened
    opened.close()


def send(connection: Connection) -> tuple[Delivery, ...]:
    """Mails to two people, the first of which has left."""
    season.publish(connection, VERSION)
    for name in ("hana", "gil"):
        season.join(connection, name)
    for rule in ("1d", "1h"):
        owing.owe_reminders(connection, SERIES, season.occasions()[rule], DAY_BEFORE)
    rows = sorted(ledger.list_all(connection), key=lambda row: row.id)
    values = {"state": DeliveryState.SENT, "reason": "dot: 250 queued", "settled_at": DAY_BEFORE}
    connection.execute(update(deliveries).where(deliveries.c.id == rows[0].id).values(**values))
    return tuple(rows)


def hear(connection: Connection, kind: str, name: str, sent: Delivery, generation: int = 0) -> str:
    content = (CORPUS / kind / f"{name}.eml").read_bytes()
    content = content.replace(b"bounces+TOKEN@example.org", VERP.return_address(sent.id, NOW).encode())
    leave = VERP.leave_address(sent.participant_id, generation)
    content = content.replace(b"bounces+u-LEAVE@example.org", leave.encode())
    return take_in(connection, read_returned(content, VERP, NOW), NOW)


def states(connection: Connection) -> dict[str, State]:
    return {one.address.split("@")[0]: one.state for one in participants.list_all(connection)}


def reasons(connection: Connection, person: int) -> list[tuple[DeliveryState, str]]:
    rows = sorted(ledger.list_all(connection), key=lambda row: row.id)
    return [(row.state, row.reason) for row in rows if row.participant_id == person]


async def test_a_bounce_suppresses_its_reader_and_nobody_else(database: Database) -> None:
    def story(connection: Connection) -> None:
        sent, *_ = send(connection)
        said = hear(connection, "bounced", "postfix-unknown-user", sent)
        assert said == f"delivery={sent.id} came back, status 5.1.1: its address gets no more mails"
        assert states(connection) == {"hana": State.SUPPRESSED, "gil": State.CONFIRMED}
        (state, why), (other, because) = reasons(connection, sent.participant_id)
        assert (state, other) == (DeliveryState.SENT, DeliveryState.CANCELLED)
        assert why.startswith("came back: 5.1.1 smtp; 550 5.1.1 <h***@***>: Recipient address rejected")
        assert because == "the address does not exist: 5.1.1"
        assert hear(connection, "bounced", "postfix-unknown-user", sent) == said

    await database.write(story)


@pytest.mark.parametrize("name", ["postfix-policy", "gmail-over-quota", "no-status-at-all", "exim-words-only"])
async def test_other_failures_are_noted_and_suppress_nobody(database: Database, name: str) -> None:
    def story(connection: Connection) -> None:
        sent, *_ = send(connection)
        said = hear(connection, "bounced", name, sent)
        assert said.startswith(f"delivery={sent.id} came back, status ")
        assert ("speaks of us" in said) is (name == "postfix-policy")
        assert set(states(connection).values()) == {State.CONFIRMED}
        (state, why), (other, _) = reasons(connection, sent.participant_id)
        assert (state, why[:11], other) == (DeliveryState.SENT, "came back: ", DeliveryState.PLANNED)

    await database.write(story)


@pytest.mark.parametrize("name", names("complained"))
async def test_who_complains_gets_no_more_mails(database: Database, name: str) -> None:
    def story(connection: Connection) -> None:
        sent, *_ = send(connection)
        assert " complained: no more mails of " in hear(connection, "complained", name, sent)
        assert states(connection) == {"hana": State.UNSUBSCRIBED, "gil": State.CONFIRMED}
        assert reasons(connection, sent.participant_id) == [
            (DeliveryState.SENT, "dot: 250 queued"),
            (DeliveryState.CANCELLED, "complained"),
        ]

    await database.write(story)


@pytest.mark.parametrize("name", names("leaving"))
async def test_a_mail_unsubscribes(database: Database, name: str) -> None:
    def story(connection: Connection) -> None:
        sent, *_ = send(connection)
        assert " unsubscribed: no more mails of " in hear(connection, "leaving", name, sent)
        assert states(connection) == {"hana": State.UNSUBSCRIBED, "gil": State.CONFIRMED}

    await database.write(story)


async def test_a_mail_to_an_address_of_old_links_does_not(database: Database) -> None:
    def story(connection: Connection) -> None:
        sent, *_ = send(connection)
        assert hear(connection, "leaving", "by-hand", sent, generation=1).startswith("ignored: ")
        assert set(states(connection).values()) == {State.CONFIRMED}

    await database.write(story)


@pytest.mark.parametrize("name", names("ignored"))
async def test_everything_else_changes_nothing(database: Database, name: str) -> None:
    def story(connection: Connection) -> None:
        sent, *_ = send(connection)
        before = ledger.list_all(connection), participants.list_all(connection)
        assert hear(connection, "ignored", name, sent).startswith("ignored: ")
        assert (ledger.list_all(connection), participants.list_all(connection)) == before

    await database.write(story)


async def test_a_bounce_of_a_mail_that_is_not_in_the_ledger_is_nobodys(database: Database) -> None:
    def story(connection: Connection) -> None:
        content = (CORPUS / "bounced" / "qmail.eml").read_bytes()
        content = content.replace(b"bounces+TOKEN@example.org", VERP.return_address(999, NOW).encode())
        assert take_in(connection, read_returned(content, VERP, NOW), NOW).startswith("ignored: delivery=999")

    await database.write(story)


async def test_a_complaint_of_the_organiser_changes_nothing(database: Database) -> None:
    def story(connection: Connection) -> None:
        owing.owe_organiser(connection, ledger.Kind.SOURCE_BROKEN, SERIES, NOW, "broken", NOW)
        (told,) = ledger.list_all(connection)
        assert hear(connection, "complained", "abuse-sent-to-us", told).startswith("ignored: ")

    await database.write(story)


async def test_a_thousand_forged_bounces_suppress_nobody(database: Database) -> None:
    def story(connection: Connection) -> None:
        sent, *_ = send(connection)
        content = (CORPUS / "bounced" / "postfix-unknown-user.eml").read_bytes()
        local, _, domain = VERP.return_address(sent.id, NOW).partition("@")
        for number in range(1000):
            forged = f"{local[:-13]}{number:013d}".translate(str.maketrans("0189", "abcd")) + f"@{domain}"
            mail = content.replace(b"bounces+TOKEN@example.org", forged.encode())
            returned = read_returned(mail, VERP, NOW)
            assert take_in(connection, returned, NOW).startswith("ignored: ")
        assert set(states(connection).values()) == {State.CONFIRMED}

    await database.write(story)


async def test_a_bounce_that_comes_too_late_is_forgotten(database: Database) -> None:
    def story(connection: Connection) -> None:
        sent, *_ = send(connection)
        content = (CORPUS / "bounced" / "qmail.eml").read_bytes()
        address = VERP.return_address(sent.id, NOW - timedelta(days=31))
        returned = read_returned(content.replace(b"bounces+TOKEN@example.org", address.encode()), VERP, NOW)
        assert take_in(connection, returned, NOW).startswith("ignored: ")

    await database.write(story)
