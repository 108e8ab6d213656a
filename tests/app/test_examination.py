"""Examination: a sound installation is found sound, and each thing that can be wrong is found with what to do."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, delete, text, update

from service.app import examination, examining_records, machine
from service.app.examination import examine
from service.app.finding import Finding, Grade
from service.app.service import open_app
from service.app.store import database_file, open_store
from service.settings.values import Bounces, Mail
from service.store import home, ledger, owing
from service.store.bounces import Bounce, note_bounce
from service.store.ledger import DeliveryState, Kind
from service.store.tables import deliveries
from service.worker.lookout import Machine
from service.worker.restraint import LEAST_FREE
from tests.app.conftest import House, join
from tests.delivery.zone import serve_zone

ZONE = {
    ("example.com", "TXT"): ['"v=spf1 ip4:203.0.113.7 ~all"'],
    ("_dmarc.example.com", "TXT"): ['"v=DMARC1; p=none"'],
    ("7.113.0.203.in-addr.arpa", "PTR"): ["bell.example.com."],
    ("bell.example.com", "A"): ["203.0.113.7"],
}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
async def names(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """DNS vouches for what is sent from this machine, whose address has a name."""
    async with serve_zone(ZONE) as resolver:
        monkeypatch.setattr(examining_records, "open_resolver", lambda: resolver)
        monkeypatch.setattr(examining_records, "find_own_address", lambda: "203.0.113.7")
        yield


@pytest.fixture
async def served(house: House) -> House:
    async with open_app(house.settings, house.watch) as app:
        await app.store.database.write(partial(join, name="reader", at=LONG_AGO))
        house.watch.time += timedelta(minutes=1)
        await app.worker.do_once()
    return house


async def find(house: House, *grades: Grade) -> dict[str, Finding]:
    """What is found, by subject; only what is of these grades, if any are named."""
    found = await examine(house.settings, house.watch)
    return {one.subject: one for one in found if not grades or one.grade in grades}


def change(house: House, **values: object) -> House:
    return replace(house, settings=replace(house.settings, **values))  # type: ignore[arg-type]


@asynccontextmanager
async def greeting(*replies: bytes) -> AsyncIterator[int]:
    """A mail server that says these things, one for each line it hears; its port."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in replies:
            writer.write(reply)
            await writer.drain()
            await reader.readline()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def mail(port: int, **values: str) -> Mail:
    sender = values.pop("sender", "Bell <bell@example.com>")
    return Mail(transport="smtp", host="127.0.0.1", port=port, security="none", sender=sender, **values)  # type: ignore[arg-type]


async def test_a_sound_installation_is_sound(served: House) -> None:
    async with greeting(b"220 hello\r\n", b"250-hi\r\n250 PIPELINING\r\n", b"221 bye\r\n") as port:
        settled = change(served, base_url="https://bell.example.org", mail=mail(port))
        found = await find(settled)

    assert {one.grade for one in found.values()} == {Grade.OK}
    asked = {"settings", "database", "ledger", "sending", "disk", "clock", "mail", "season", "feed"}
    assert set(found) == asked | {"spf", "dkim", "dmarc", "ptr"}
    assert found["ledger"].words == "1 sent; all accounted for"
    assert found["season"].words == "4 sessions in season.md; the next is on 2026-03-04 19:00 UTC"


async def test_what_only_works_at_home_is_a_warning(served: House) -> None:
    local = change(served, base_url="http://127.0.0.1:8000", organizer="")

    found = await find(local, Grade.WARNING, Grade.WRONG)

    assert {subject: one.grade for subject, one in found.items()} == dict.fromkeys(
        ("base_url", "organizer", "mail"), Grade.WARNING
    )
    assert all(one.advice for one in found.values())


def vanish(connection: Connection) -> None:
    connection.execute(delete(deliveries))


def wait_in_vain(connection: Connection) -> None:
    owing.owe(connection, Kind.CONFIRMATION, "season", 1, LONG_AGO, LONG_AGO + 900 * DAY)


def park(connection: Connection) -> None:
    connection.execute(update(deliveries).values(state=DeliveryState.PARKED))


@pytest.mark.parametrize(
    ("spoil", "grade", "words"),
    [
        (vanish, Grade.WRONG, "1 deliveries were planned, but 0 are there"),
        (wait_in_vain, Grade.WRONG, "mail waits since 2026-01-01 00:00 UTC"),
        (park, Grade.WARNING, "1 mails could not be written"),
    ],
)
async def test_the_ledger_is_examined(served: House, spoil: object, grade: Grade, words: str) -> None:
    assert callable(spoil)
    with open_store(served.settings) as store:
        await store.database.write(spoil)

    found = (await find(served, grade))["ledger"]

    assert found.words == words
    assert found.advice


async def test_a_restored_database_tells_what_would_go(served: House) -> None:
    with open_store(served.settings) as store:
        await store.database.write(home.leave_home)
        await store.database.write(wait_in_vain)

    found = (await find(served, Grade.WRONG))["sending"]

    assert "studybell resume" in found.words
    assert found.advice.startswith("1 mails wait in the ledger")


async def test_looking_is_no_sign_of_life(served: House) -> None:
    async def count() -> int:
        with open_store(served.settings) as store:
            memory = await store.database.read(home.recall)
        assert memory.pulse
        return memory.pulse.count

    before = await count()
    served.watch.time += HOUR
    await find(served)

    assert await count() == before


async def test_a_damaged_file_is_found(served: House) -> None:
    with database_file(served.settings).open("r+b") as file:
        file.seek(3 * 4096)
        file.write(bytes(4096 * 4))

    assert "database" in await find(served, Grade.WRONG)


async def test_a_disk_that_is_nearly_full_is_a_warning(served: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "service.app.examining_store.look_around", lambda folder: Machine("", "", folder, lambda: LEAST_FREE)
    )

    assert (await find(served, Grade.WARNING))["disk"].advice == "with less than 64 MiB nothing is sent"
    assert machine.look_around(served.settings.folder).free() > 0


async def test_a_clock_that_is_behind_is_found(served: House) -> None:
    served.watch.off = -2 * HOUR

    assert (await find(served, Grade.WRONG))["clock"].words.endswith("which is before studybell ran last")


@pytest.mark.postgres
async def test_a_clock_that_differs_from_the_servers_is_a_warning(shared: House) -> None:
    found = await find(shared, Grade.WARNING)

    assert "seconds apart" in found["clock"].words


async def test_a_mail_server_that_refuses_us_is_wrong(served: House) -> None:
    async with greeting(b"554 5.7.1 go away\r\n") as port:
        found = await find(change(served, mail=mail(port)), Grade.WRONG)

    assert found["mail"].words == f"127.0.0.1 port {port} does not take us: banner: 554 5.7.1 go away"


async def test_a_mail_server_that_is_not_there_or_says_nothing_is_wrong(
    served: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with greeting() as port:
        pass
    assert "does not take us: connect:" in (await find(change(served, mail=mail(port)), Grade.WRONG))["mail"].words

    monkeypatch.setattr(examination, "_PATIENCE_SECONDS", 0.2)
    async with greeting(b"") as port:
        found = await find(change(served, mail=mail(port)), Grade.WRONG)
    assert found["mail"].words == f"127.0.0.1 port {port} says nothing"


async def test_a_sender_that_nobody_has_set_is_wrong(served: House) -> None:
    async with greeting(b"220 hello\r\n", b"250 hi\r\n", b"221 bye\r\n") as port:
        found = await find(change(served, mail=mail(port, sender=Mail().sender)), Grade.WRONG)

    assert found["sender"].advice == "set `sender` in [mail] to an address of yours"


async def test_a_schedule_that_cannot_be_read_is_wrong_and_its_last_good_version_told(served: House) -> None:
    served.schedule.unlink()

    found = (await find(served, Grade.WRONG))["season"]

    assert "there is no such file" in found.words
    assert found.advice.startswith("the version of 2026-03-03 18:59 stays published")


async def test_before_the_first_start_there_is_nothing_wrong(house: House) -> None:
    assert await find(house, Grade.WRONG) == {}
    assert (await find(house))["season"].words.endswith("not published yet: `studybell serve` does that")


async def test_a_database_of_a_newer_studybell_is_told_in_one_line(served: House) -> None:
    with open_store(served.settings) as store:
        await store.database.write(
            lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        )

    found = await find(served)

    assert [one.subject for one in found.values()] == ["database"]
    assert "install the newer one" in found["database"].words


async def test_a_mailbox_that_cannot_be_read_is_found(served: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    mailbox = {"username": "bounces", "password": "x", "host": "127.0.0.1", "port": port, "security": "none"}
    gone = change(served, bounces=Bounces(address="bounces@example.org", **mailbox))

    found = (await find(gone, Grade.WRONG))["bounces"]

    assert "the mailbox bounces at 127.0.0.1 cannot be read" in found.words


async def test_what_other_servers_say_of_the_sender_is_told(served: House) -> None:
    heard = change(served, bounces=Bounces(address="bounces@example.org"))
    assert (await find(heard, Grade.OK))["bounces"].words.endswith("piped to `studybell bounce`")

    def note(connection: Connection) -> None:
        sent = next(row for row in ledger.list_all(connection) if row.address)
        note_bounce(connection, sent, Bounce(served.watch.time, "5.7.26", "smtp; 550 unauthenticated", returned=True))

    with open_store(served.settings) as store:
        store.database.submit(note).result()

    assert (
        "because of their sender, the last with: smtp; 550 unauth"
        in (await find(heard, Grade.WARNING))["bounces"].words
    )
