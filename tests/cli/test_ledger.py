"""`deliveries` and `send`: what was due is sent once, and the ledger tells of it."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from service.clock import SystemClock
from tests.whole.terminal import Call


@pytest.fixture
def soon(season: Path, studybell: Call) -> Path:
    """The season with a session in forty minutes and a participant who is owed the reminder an hour before."""
    starts = SystemClock().now() + timedelta(minutes=40)
    (season / "season.md").write_text(
        f"# Group\n\n| Date | Time | Topic |\n|---|---|---|\n| {starts:%Y-%m-%d} | {starts:%H:%M} | Opening |\n"
    )
    return season


def test_a_ledger_without_deliveries_is_an_empty_list(season: Path, studybell: Call) -> None:
    assert studybell("deliveries", "list").out == ""
    assert json.loads(studybell("deliveries", "list", "--json").out) == []


def test_a_delivery_that_is_not_there_is_told(season: Path, studybell: Call) -> None:
    said = studybell("deliveries", "show", "7")

    assert said.status == 2
    assert said.err == "studybell: there is no delivery 7; `studybell deliveries list` shows what there is\n"


def test_who_registered_after_a_reminder_was_due_gets_no_stale_one(soon: Path, studybell: Call) -> None:
    studybell("participants", "add", "hana@example.org", "--confirmed")

    assert studybell("send").out == "mails due: 0\n"


def test_what_is_due_is_sent_once_and_told(soon: Path, studybell: Call) -> None:
    settings = (soon / "studybell.toml").read_text().replace('["7d", "1d", "1h"]', '["40m"]')
    (soon / "studybell.toml").write_text(settings)
    studybell("participants", "add", "hana@example.org", "--confirmed")
    _let_the_person_be_known_for_long(soon)

    assert studybell("send").out == "mails due: 1\n"
    assert studybell("send").out == "mails due: 0\n"
    (row,) = json.loads(studybell("deliveries", "list", "--json").out)
    assert (row["kind"], row["rule"], row["email"], row["state"]) == ("reminder", "40m", "hana@example.org", "sent")
    assert list(row) == [
        "id", "kind", "series", "session", "email", "rule", "due_at", "state", "reason", "attempts", "uncertain",
        "message_id",
    ]  # fmt: skip
    assert "hana@example.org" in studybell("deliveries", "show", str(row["id"])).out
    assert studybell("deliveries", "list", "--state", "failed").out == ""
    assert len(list((soon / "var" / "mailbox" / "new").iterdir())) == 1


def _let_the_person_be_known_for_long(folder: Path) -> None:
    with sqlite3.connect(folder / "var" / "studybell.db") as database:
        database.execute("update participants set since = '2020-01-01 00:00:00.000000'")
