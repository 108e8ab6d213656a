"""A process that falls asleep, or whose machine is gone, within a transaction: the others go on without it."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, text

from service.store.database import Database, DatabaseTrouble
from service.store.leases import acquire

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("address", ["postgresql"], indirect=True)]


def test_who_falls_asleep_within_a_transaction_loses_it_and_holds_up_nobody(
    database: Database, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.store.database._ASLEEP", timedelta(seconds=0.2))
    sleeper = Database(tmp_path / "sleeper.db", address)
    has_it, waking = Event(), Event()

    def fall_asleep(connection: Connection) -> None:
        acquire(connection, ["chair"], "sleeper")
        has_it.set()
        assert waking.wait(30)
        connection.execute(text("SELECT 1"))

    lost = sleeper.submit(fall_asleep)
    assert has_it.wait(10)

    assert database.submit(partial(acquire, names=["chair"], owner="other")).result(10) == {"chair"}
    waking.set()
    with pytest.raises(DatabaseTrouble):
        lost.result(10)
    assert sleeper.submit(partial(acquire, names=["bed"], owner="sleeper")).result(10) == {"bed"}
    sleeper.close()
