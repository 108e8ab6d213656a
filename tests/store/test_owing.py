"""Owing what is owed already: it holds up nobody."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from service.store import owing
from service.store.claiming import claim, hand_off
from service.store.database import Database
from service.store.lanes import Lane
from tests.store import season
from tests.store.season import DAY_BEFORE, SERIES


def gather_and_plan(connection: Connection) -> int:
    season.publish(connection, season.VERSION)
    season.join(connection, "ann")
    return plan(connection)


def plan(connection: Connection) -> int:
    return owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE)


@pytest.mark.postgres
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_who_plans_once_more_holds_up_nobody_who_sends(database: Database, address: str, tmp_path: Path) -> None:
    sender = Database(tmp_path / "sender.db", address)
    assert database.submit(gather_and_plan).result() == 1
    take = partial(claim, owner="sender", lane=Lane.REMINDERS, now=DAY_BEFORE, most=1)

    def plan_while_others_send(connection: Connection) -> None:
        assert plan(connection) == 0
        taken = sender.submit(take).result(10)
        assert len(taken) == 1
        assert sender.submit(partial(hand_off, owner="sender", batch=taken, now=DAY_BEFORE)).result(10) == {taken[0].id}

    database.submit(plan_while_others_send).result()
    sender.close()
