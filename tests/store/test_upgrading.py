"""Upgrading: a database of the schema before, with rows in every table, keeps them all; there is no way back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, insert, select, text

from service.store import ledger, owing, participants, revisions
from service.store.census import take_census
from service.store.content import write_session
from service.store.database import Database
from service.store.ledger import DeliveryState
from service.store.schema import NewerSchema, configure, newest, upgrade
from tests.store import season
from tests.store.conftest import empty_database
from tests.store.season import DAY_BEFORE, SERIES

OLD, BETWEEN = "0001", "0002"
AT = datetime(2024, 1, 26, 12, tzinfo=UTC)
BEFORE: dict[str, list[dict[str, Any]]] = {
    "series": [
        {
            "slug": SERIES,
            "title": "시즌 4 🎲",
            "language": "ko",
            "minted": 7,
            "document": "| Date | Topic |\n|---|---|\n| 2024-01-27 | 데이터 |\n",
            "digest": "d" * 64,
            "changed_at": AT,
            "broken_since": AT,
            "trouble": "season.md:3: what is that?",
            "accepted": "",
            "presentation": "shown",
            "presented_at": AT,
        }
    ],
    "sessions": [
        {
            "uid": "abc@example.org",
            "series": SERIES,
            "position": 0,
            "starts_at": season.START.astimezone(UTC),
            "takes_place": True,
            "sequence": 3,
            "modified": AT,
            "withdrawn": False,
            "content": write_session(season.SESSION),
        }
    ],
    "participants": [
        {
            "id": number,
            "series": SERIES,
            "address": f"reader{number}@example.org",
            "address_key": f"reader{number}@example.org",
            "name": "민준",
            "language": "ko",
            "timezone": "Asia/Seoul",
            "leads": "7d 1d",
            "state": state,
            "generation": 1,
            "created_at": AT,
            "since": AT if state == "confirmed" else None,
            "left_at": AT if state == "unsubscribed" else None,
        }
        for number, state in enumerate(("pending", "confirmed", "unsubscribed", "suppressed"), 1)
    ],
    "tokens": [{"digest": "t" * 64, "purpose": "me", "participant_id": 2, "expires_at": None}],
    "deliveries": [
        {
            "id": number,
            "kind": "reminder",
            "series": SERIES,
            "participant_id": 2,
            "session": "abc@example.org",
            "starts_at": season.START.astimezone(UTC),
            "rule": f"{number}d",
            "told_at": None,
            "note": "",
            "due_at": AT,
            "next_at": AT,
            "expires_at": season.START.astimezone(UTC),
            "state": str(state),
            "reason": "250 ok" if state is DeliveryState.SENT else "",
            "owner": "x" * 32 if state in (DeliveryState.CLAIMED, DeliveryState.HANDING) else "",
            "leased_until": 1.0 if state in (DeliveryState.CLAIMED, DeliveryState.HANDING) else 0.0,
            "attempts": 1,
            "doubts": 1 if state is DeliveryState.UNCERTAIN else 0,
            "created_at": AT,
            "settled_at": None if state in ledger.OPEN else AT,
        }
        for number, state in enumerate(DeliveryState, 1)
    ],
    "signups": [{"id": 1, "asked_at": AT, "address": "a" * 32, "client": "c" * 32}],
    "facts": [{"name": "something", "value": "kept"}],
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The setting `database` for a database without a schema; empty for SQLite."""
    if request.param == "sqlite":
        yield ""
        return
    with empty_database(request.getfixturevalue("postgresql")) as address:
        yield address


@pytest.fixture(params=[OLD, BETWEEN])
def old(request: pytest.FixtureRequest, address: str, tmp_path: Path) -> Iterator[Database]:
    """A database of a schema before, with rows in every table that the first one has."""
    database = Database(tmp_path / "studybell.db", address)
    database.submit(_make_old).result()
    database.submit(partial(_upgrade_to, request.param)).result()
    yield database
    database.close()


def _upgrade_to(schema: str, connection: Connection) -> None:
    config = configure()
    config.attributes["connection"] = connection
    command.upgrade(config, schema)


def _make_old(connection: Connection) -> None:
    _upgrade_to(OLD, connection)
    tables = MetaData()
    tables.reflect(connection)
    assert set(tables.tables) == {*BEFORE, "alembic_version"}
    for name, rows in BEFORE.items():
        connection.execute(insert(tables.tables[name]), rows)
    if connection.dialect.name == "postgresql":  # rows with numbers of their own do not move the sequence
        for name in ("participants", "deliveries", "signups"):
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 100)"))


def _read_all(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    tables = MetaData()
    tables.reflect(connection)
    return {name: [dict(row) for row in connection.execute(select(tables.tables[name])).mappings()] for name in BEFORE}


async def test_every_row_is_as_it_was(old: Database) -> None:
    before = await old.read(_read_all)
    await old.write(upgrade)
    after = await old.read(_read_all)

    for name, rows in before.items():
        assert rows, name
        assert [{key: row[key] for key in rows[0]} for row in after[name]] == rows


async def test_what_was_planned_before_is_accounted_for_and_what_comes_is_counted(old: Database) -> None:
    await old.write(upgrade)
    census = await old.read(take_census)
    assert (census.flaws, census.stock.entered) == ((), len(DeliveryState))

    def go_on(connection: Connection) -> None:
        season.publish(connection, season.VERSION)
        season.join(connection, "newcomer")
        assert owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE) == 1

    await old.write(go_on)
    census = await old.read(take_census)
    assert (census.flaws, census.stock.entered) == ((), len(DeliveryState) + 1)


async def test_people_and_schedules_are_understood(old: Database) -> None:
    await old.write(upgrade)

    everybody = await old.read(lambda connection: participants.list_all(connection, SERIES))
    assert [str(one.state) for one in everybody] == ["pending", "confirmed", "unsubscribed", "suppressed"]
    stored = await old.read(lambda connection: revisions.load(connection, SERIES))
    assert stored
    assert (stored.title, stored.trouble, stored.revision.minted) == ("시즌 4 🎲", "season.md:3: what is that?", 7)
    assert stored.revision.versions[0].session == season.SESSION
    assert len(await old.read(ledger.list_all)) == len(DeliveryState)


async def test_processes_that_start_at_once_upgrade_it_once(old: Database, address: str, tmp_path: Path) -> None:
    others = [Database(tmp_path / "studybell.db", address) for _ in range(5)]

    for future in [one.submit(upgrade) for one in (old, *others)]:
        future.result(60)

    assert (await old.read(take_census)).flaws == ()
    for one in others:
        one.close()


async def test_an_older_studybell_does_not_touch_what_a_newer_one_wrote(old: Database) -> None:
    await old.write(upgrade)
    await old.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '0099'")))
    before = await old.read(_read_all)

    with pytest.raises(NewerSchema, match="schema 0099, which is newer"):
        await old.write(upgrade)

    assert await old.read(_read_all) == before
    assert newest() not in (OLD, BETWEEN)
