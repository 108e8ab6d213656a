"""The home of a database: where its service lives, and when that last gave a sign of life.

A database that was restored, copied or turned back finds another home than it remembers. What was sent since then it
cannot know, so nothing may be sent from it before somebody says so.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select, text, update

from service.store.inserting import insert_into
from service.store.tables import facts

__all__ = [
    "DATABASE",
    "RESTORED",
    "SECRET",
    "Home",
    "Memory",
    "Pulse",
    "find_place",
    "give_sign",
    "leave_home",
    "move_in",
    "recall",
]

DATABASE: Final = "studybell.db"
SECRET: Final = "secret.key"
"""What an installation's files are called, in their folder and in a backup."""

_HOME: Final = "home"
_PULSE: Final = "pulse"
_SCHEMA: Final = "schema"
_RECALL: Final = text(  # asked every two seconds, so it is not put together anew each time
    f"SELECT name, value FROM facts WHERE name IN ('{_HOME}', '{_PULSE}')"
    f" UNION ALL SELECT '{_SCHEMA}', version_num FROM alembic_version"
)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a database is: `machine` is empty where nothing tells machines apart, `place` differs for each copy."""

    machine: str
    place: str


RESTORED: Final = Home("restored", "restored")
"""What a restored database remembers: nowhere is it at home."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """A sign of life, the `count`th: at which instant, in which run of the machine, and how long that was on."""

    count: int
    at: datetime
    boot: str
    uptime: timedelta


@dataclass(frozen=True, slots=True)
class Memory:
    """What a database remembers of its service; its schema's revision besides. A new one has no home yet."""

    schema: str
    home: Home | None
    pulse: Pulse | None


def recall(connection: Connection) -> Memory:
    """What this database remembers, in one statement."""
    found = {row.name: row.value for row in connection.execute(_RECALL)}
    home, pulse = found.get(_HOME), found.get(_PULSE)
    return Memory(found[_SCHEMA], Home(**json.loads(home)) if home else None, _read_pulse(pulse) if pulse else None)


def move_in(connection: Connection, home: Home, pulse: Pulse) -> None:
    """Be at home here from now on, and give a sign of life."""
    _remember(connection, _HOME, asdict(home))
    _remember(connection, _PULSE, _write_pulse(pulse))


def give_sign(connection: Connection, pulse: Pulse) -> int | None:
    """Give a sign of life, the next after the last, whatever `pulse` counts; which one it is.

    None if another process was quicker: a sign that was taken long ago must not take back a newer one.
    """
    last = connection.execute(select(facts.c.value).where(facts.c.name == _PULSE)).scalar_one()
    count = _read_pulse(last).count + 1
    value = json.dumps(_write_pulse(replace(pulse, count=count)))
    unchanged = (facts.c.name == _PULSE) & (facts.c.value == last)
    return count if connection.execute(update(facts).where(unchanged).values(value=value)).rowcount else None


def leave_home(connection: Connection) -> None:
    """Be at home nowhere: this is a copy."""
    _remember(connection, _HOME, asdict(RESTORED))


def find_place(connection: Connection, file: Path) -> str:
    """What tells this database from a copy of it: the file's number, or the server's and the database's in it."""
    if connection.dialect.name == "sqlite":
        return f"file {file.stat().st_ino}"
    number = "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()) AS oid"
    row = connection.execute(text(f"{number} FROM pg_control_system()")).one()
    return f"database {row.system_identifier} {row.oid}"


def _remember(connection: Connection, name: str, value: dict[str, Any]) -> None:
    remembered = insert_into(connection, facts).values(name=name, value=json.dumps(value))
    anew = {"value": remembered.excluded.value}
    connection.execute(remembered.on_conflict_do_update(index_elements=("name",), set_=anew))


def _write_pulse(pulse: Pulse) -> dict[str, Any]:
    return asdict(pulse) | {"at": pulse.at.isoformat(), "uptime": pulse.uptime.total_seconds()}


def _read_pulse(value: str) -> Pulse:
    fields = json.loads(value)
    at, uptime = datetime.fromisoformat(fields["at"]), timedelta(seconds=fields["uptime"])
    return Pulse(fields["count"], at, fields["boot"], uptime)
