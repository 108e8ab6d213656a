"""Batches on both databases: any number of keys in a statement that stays the same and looks into the index."""

import pytest
from sqlalchemy import Connection, insert, literal, select, text

from service.store.batch import in_batch, told_by_key
from service.store.database import Database
from service.store.tables import facts

FIRST, SECOND = 7, 70
NAMES = ["a", "b'; --", "다", '"', "$.c"]


def enter(connection: Connection) -> None:
    connection.execute(insert(facts), [{"name": name, "value": ""} for name in NAMES])


@pytest.mark.parametrize("wanted", [[], ["a"], ["b'; --", "nobody"], NAMES])
async def test_those_are_found_whose_keys_are_in_the_batch(database: Database, wanted: list[str]) -> None:
    await database.write(enter)
    query = select(facts.c.name).where(in_batch(facts.c.name))

    found = await database.read(lambda connection: connection.execute(query, {"batch": wanted}).scalars().all())

    assert set(found) == set(wanted) & set(NAMES)


async def test_each_key_has_its_own_text(database: Database) -> None:
    told = {FIRST: 'dot: 250 2.0.0 \U0001f514 "queued"', SECOND: "dot: 250 it's 다"}
    known = select(literal(FIRST).label("id")).union_all(select(literal(SECOND))).subquery()
    query = select(known.c.id, told_by_key(known.c.id, "told"))

    rows = await database.read(lambda connection: connection.execute(query, {"told": told}).all())

    assert dict(map(tuple, rows)) == told


async def test_the_keys_are_looked_up_in_the_index(database: Database) -> None:
    await database.write(enter)

    def explain(connection: Connection) -> str:
        statement = str(select(facts.c.value).where(in_batch(facts.c.name)).compile(dialect=connection.dialect))
        if database.is_sqlite:
            return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ('["a"]',)).all())
        connection.execute(text("SET LOCAL enable_seqscan = off"))  # which a table this small would do with
        return str(connection.exec_driver_sql(f"EXPLAIN {statement}", {"batch": ["a"]}).all())

    plan = await database.read(explain)

    assert ("SEARCH facts USING INDEX" if database.is_sqlite else "Index") in plan
