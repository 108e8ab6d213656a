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


@pytest.fixture
def owed(season: Path, studybell: Call) -> Path:
    """The season with three reminders of its first session: number 1 is sent, 2 has failed, 3 is uncertain."""
    for name in ("hana", "minjun", "soo"):
        studybell("participants", "add", f"{name}@example.org", "--confirmed")
    studybell("send")
    with sqlite3.connect(season / "var" / "studybell.db") as database:
        (uid, starts_at), *_ = database.execute("select uid, starts_at from sessions order by position")
        for number, state in enumerate(("sent", "failed", "uncertain"), start=1):
            row = ("reminder", "season", number, uid, starts_at, "1d", "", state, f"550 {number}", state == "uncertain")
            database.execute(
                "insert into deliveries (lane, kind, series, participant_id, session, starts_at, rule, due_at, next_at,"
                " expires_at, created_at, note, state, reason, owner, leased_until, attempts, doubts)"
                " values ('reminders', ?, ?, ?, ?, ?, ?, '2026-03-04 10:00:00.000000', '2026-03-04 10:00:00.000000',"
                " '2086-03-04 09:00:00.000000', '2026-03-04 09:00:00.000000', ?, ?, ?, '', 0, 1, ?)",
                row,
            )
    return season


def list_states(studybell: Call, *words: str) -> dict[int, str]:
    rows = json.loads(studybell("deliveries", "list", "--json", *words).out)
    return {row["id"]: row["state"] for row in rows}


def test_the_list_can_be_narrowed_down(owed: Path, studybell: Call) -> None:
    assert list_states(studybell) == {1: "sent", 2: "failed", 3: "uncertain"}
    assert list_states(studybell, "--state", "sent", "--state", "failed") == {1: "sent", 2: "failed"}
    assert list_states(studybell, "--kind", "confirmation") == {}
    assert list_states(studybell, "--series", "another") == {}
    assert len(list_states(studybell, "--series", "season", "--since", "2026-03-04")) == 3
    assert list_states(studybell, "--since", "2026-03-05") == {}


def test_the_table_has_a_head_and_each_reason_below_its_row(owed: Path, studybell: Call) -> None:
    assert studybell("deliveries", "list", "--state", "uncertain").out.splitlines() == [
        "id  due (UTC)         state      mail         series  to",
        "3   2026-03-04 10:00  uncertain  reminder 1d  season  soo@example.org (was in doubt)",
        "    550 3",
    ]


def test_the_story_of_a_delivery_says_what_a_person_can_do(owed: Path, studybell: Call) -> None:
    said = studybell("deliveries", "show", "3").out

    assert "to           soo@example.org\n" in said
    assert "tried        1 times, 1 of them in doubt\n" in said
    assert "`studybell deliveries settle 3` closes it" in said
    assert json.loads(studybell("deliveries", "show", "3", "--json").out)["doubts"] == 1


def test_the_story_tells_what_happened_one_after_the_other(owed: Path, studybell: Call) -> None:
    studybell("deliveries", "retry", "2")
    studybell("deliveries", "settle", "2", "--as", "failed", "--because", "the relay is gone")
    studybell("deliveries", "retry", "2")
    studybell("send")

    told = json.loads(studybell("deliveries", "show", "2", "--json").out)
    lines = studybell("deliveries", "show", "2").out.splitlines()

    reasons = [
        "retried by hand; it was failed: 550 2",
        "closed by hand: the relay is gone",
        "retried by hand; it was failed: closed by hand: the relay is gone",
        told["reason"],
    ]
    assert [(one["state"], one["reason"], one["times"]) for one in told["history"]] == [
        (state, reason, 1) for state, reason in zip(("planned", "failed", "planned", "sent"), reasons, strict=True)
    ]
    history = lines[lines.index("history") + 1 :]
    assert [line.partition(" UTC  ")[2] for line in history] == [
        f"{became}: {reason}" for became, reason in zip(("waits", "failed", "waits", "sent"), reasons, strict=True)
    ]
    assert "history" not in studybell("deliveries", "show", "1").out


def test_what_failed_is_tried_again(owed: Path, studybell: Call) -> None:
    said = studybell("deliveries", "retry", "2")

    assert said.out == "planned anew: 1; they are sent as soon as mails leave\n"
    assert "retried by hand; it was failed: 550 2" in studybell("deliveries", "show", "2").out
    assert list_states(studybell) == {1: "sent", 2: "planned", 3: "uncertain"}
    assert studybell("send").out == "mails due: 1\n"


def test_what_may_have_arrived_is_tried_again_only_with_a_warning(owed: Path, studybell: Call) -> None:
    said = studybell("deliveries", "retry", "--state", "uncertain")

    assert "of these may arrive a second time, for they were in doubt: 1\n" in said.out


def test_what_was_sent_is_not_sent_again_and_nothing_else_is_done_then(owed: Path, studybell: Call) -> None:
    said = studybell("deliveries", "retry", "2", "1")

    assert said.status == 2
    assert said.err == "studybell: delivery 1 cannot be tried again: it was sent\n"
    assert list_states(studybell) == {1: "sent", 2: "failed", 3: "uncertain"}


def test_who_says_what_became_of_a_delivery_closes_it(owed: Path, studybell: Call) -> None:
    said = studybell("deliveries", "settle", "3", "2", "--as", "sent", "--because", "they told me", "--json")

    assert [(row["id"], row["state"], row["reason"]) for row in json.loads(said.out)] == [
        (3, "sent", "closed by hand: they told me"),
        (2, "sent", "closed by hand: they told me"),
    ]
    assert studybell("send").out == "mails due: 0\n"


def test_who_asks_for_nothing_or_too_much_is_told(owed: Path, studybell: Call) -> None:
    for words in ((), ("2", "--state", "failed")):
        said = studybell("deliveries", "retry", *words)
        assert said.status == 2
        assert "name deliveries by their numbers, or a --state" in said.err


def test_mail_to_the_organiser_about_the_whole_service_is_sent(
    owed: Path, studybell: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDYBELL_ORGANIZER", "organizer@example.org")
    with sqlite3.connect(owed / "var" / "studybell.db") as database:
        database.execute(
            "update deliveries set kind = 'sending-stopped', lane = 'organiser', series = '', participant_id = 0,"
            " session = '', state = 'planned', note = 'auth: 535 no' where id = 3"
        )

    assert studybell("send").out.startswith("mails due: ")

    row = json.loads(studybell("deliveries", "show", "3", "--json").out)
    assert (row["state"], row["email"]) == ("sent", "organizer@example.org")
    mails = [mail.read_text() for mail in (owed / "var" / "mailbox" / "new").iterdir()]
    assert any("Subject: Mails do not leave: 127.0.0.1" in mail for mail in mails)
