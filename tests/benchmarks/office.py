"""A post office for measuring: a real ledger, a real courier and composer, and mails of 17 KB."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, select

from service.delivery.composing import Composer
from service.delivery.courier import Courier
from service.delivery.relay import Relay, Security
from service.delivery.signing import Signer, SigningTransport
from service.delivery.smtp import SmtpTransport
from service.delivery.transport import Transport
from service.messages.catalog import Catalogs
from service.messages.stationery import Sender, Stationery
from service.resources import TEMPLATES, read_catalogs, read_texts
from service.schedule.series import Series
from service.store import owing
from service.store.database import Database
from service.store.keys import Keys
from service.store.participants import State
from service.store.schema import upgrade
from service.store.tables import deliveries, participants
from tests.store.season import DAY_BEFORE, SERIES, VERSION, occasions, publish

__all__ = ["LINE", "deliver", "employ", "enrol", "measure_lateness", "open_ledger"]

LINE = "사람의 되먹임으로 말을 잘 듣는 큰 언어 모형을 가르치는 방법"
_BASE = "https://bell.example.org"
_LONG = (
    '{% extends "bundled:reminder/body.html" %}{% block foot %}{{ super() }}' + f"<p>{LINE}</p>" * 29 + "{% endblock %}"
)
_ANNOUNCED = Series(slug=SERIES, title="논문 모임", language="ko", timezone="Asia/Seoul", url=f"{_BASE}/{SERIES}")


@contextmanager
def open_ledger(people: int, url: str = "") -> Iterator[Database]:
    """A fresh database, SQLite's unless `url` is PostgreSQL's, in which so many people have joined."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "ledger.db", url)
        try:
            database.submit(upgrade).result()
            database.submit(lambda connection: enrol(connection, people)).result()
            yield database
        finally:
            database.close()


def enrol(connection: Connection, people: int) -> None:
    """Publish the session, and let so many people join."""
    publish(connection, VERSION)
    wishes = {"series": SERIES, "language": "ko", "timezone": "Asia/Seoul", "state": State.CONFIRMED}
    since = {"created_at": VERSION.modified, "since": VERSION.modified}
    rows = [
        {"address": f"reader{n}@example.org", "address_key": f"reader{n}@example.org", "name": f"김하나 {n}"}
        for n in range(people)
    ]
    connection.execute(insert(participants), [row | wishes | since for row in rows])


async def deliver(database: Database, port: int, connections: int, signer: Signer | None = None) -> float:
    """Owe everybody the reminder of the day before, and deliver it; the seconds that the delivery took."""
    await _owe(database)
    with employ(database, _reach(port), connections, lambda: DAY_BEFORE, signer) as courier:
        began = time.perf_counter()
        await courier.deliver_due()
        return time.perf_counter() - began


async def measure_lateness(database: Database, port: int, connections: int) -> tuple[float, float]:
    """Plan and deliver what falls due now for everybody: how late the first mail is, and 99 of 100; in seconds."""
    began = time.perf_counter()

    def now() -> datetime:
        return DAY_BEFORE + timedelta(seconds=time.perf_counter() - began)

    with employ(database, _reach(port), connections, now) as courier:
        await _owe(database)
        await courier.deliver_due()
    settled = await database.read(lambda c: c.execute(select(deliveries.c.settled_at)).scalars().all())
    late = sorted((moment - DAY_BEFORE).total_seconds() for moment in settled)
    return late[0], late[len(late) * 99 // 100]


async def _owe(database: Database) -> None:
    occasion = occasions()["1d"]
    await database.write(lambda connection: owing.owe_reminders(connection, SERIES, occasion, DAY_BEFORE))


@contextmanager
def employ(
    database: Database,
    transport: Transport,
    connections: int,
    now: Callable[[], datetime],
    signer: Signer | None = None,
) -> Iterator[Courier]:
    """A courier of the office, for as long as the context lasts."""
    with tempfile.TemporaryDirectory() as data_dir:
        courier = Courier(
            database,
            SigningTransport(transport, signer, now) if signer else transport,
            _hire_composer(),
            Path(data_dir),
            now=now,
            connections=connections,
        )
        try:
            yield courier
        finally:
            courier.close()


def _reach(port: int) -> SmtpTransport:
    relay = Relay(host="127.0.0.1", port=port, security=Security.NONE, local_hostname="bench", mails_per_line=1_000_000)
    return SmtpTransport(relay)


def _hire_composer() -> Composer:
    stationery = Stationery(
        read_texts(TEMPLATES / "email"),
        Catalogs(read_catalogs("mail")),
        Sender("bell@example.org", "모임 종"),
        base_url=_BASE,
        overrides={"reminder/body.html": _LONG},
    )
    keys = Keys(b"benchmark" * 4)
    found = _ANNOUNCED, VERSION
    return Composer(
        stationery,
        keys,
        lambda _slug, _uid: found,
        {},
        base_url=_BASE,
        domain="bell.example.org",
        sender="bounces@example.org",
    )
