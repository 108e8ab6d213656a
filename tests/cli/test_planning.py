"""`plan`: what will be sent, before anything is."""

import json
import sqlite3
from pathlib import Path

from tests.whole.terminal import Call


def test_what_will_be_sent_is_told_with_its_time_rule_and_count(season: Path, studybell: Call) -> None:
    for name in ("hana", "minjun"):
        studybell("participants", "add", f"{name}@example.org", "--timezone", "Asia/Seoul", "--confirmed")

    said = studybell("plan", "--until", "2086-03-05")

    assert said.status == 0
    assert said.out.splitlines()[:3] == [
        "Tue 2086-02-26 04:00 KST          7d       2 x  season: Opening",
        "Mon 2086-03-04 04:00 KST          1d       2 x  season: Opening",
        "Tue 2086-03-05 03:00 KST          1h       2 x  season: Opening",
    ]


def test_a_program_gets_a_list(season: Path, studybell: Call) -> None:
    studybell("participants", "add", "hana@example.org", "--confirmed")

    first = json.loads(studybell("plan", "--until", "2086-03-05", "--json").out)[0]

    assert (first["series"], first["title"], first["rule"], first["count"]) == ("season", "Opening", "7d", 1)
    assert first["due_at"] == "2086-02-25T19:00:00+00:00"


def test_where_nobody_is_owed_anything_it_says_so(season: Path, studybell: Call) -> None:
    said = studybell("plan", "--until", "2086-03-05")

    assert said.out == "nobody is owed a mail until 2086-03-05\n"


def test_a_day_that_is_none_says_what_to_write(season: Path, studybell: Call) -> None:
    said = studybell("plan", "--until", "tomorrow")

    assert said.status == 2
    assert "write a day as year-month-day, like 2026-03-02" in said.err


PEOPLE = """\
email,timezone,state,reminders,weekly_summary,invitations,paused_until
hana@example.org,Asia/Seoul,confirmed,1d,yes,yes,
minjun@example.org,Asia/Seoul,confirmed,1d,yes,,
soo@example.org,Asia/Seoul,confirmed,1d,yes,yes,2086-03-10
jan@example.org,Europe/Amsterdam,pending,1d,yes,yes,
"""


def test_weekly_summaries_and_invitations_are_told_and_who_has_paused_gets_only_these(
    season: Path, studybell: Call
) -> None:
    (season / "people.csv").write_text(PEOPLE)
    studybell("participants", "import", "people.csv")

    said = studybell("plan", "--until", "2086-03-11")

    assert said.out.splitlines() == [
        "Mon 2086-02-18 19:00 UTC  invitation       2 x  season: Opening",
        "Mon 2086-02-25 19:00 UTC  invitation       2 x  season: Attention",
        "Sun 2086-03-03 18:00 KST      digest       2 x  season",
        "Mon 2086-03-04 04:00 KST          1d       2 x  season: Opening",
        "Sun 2086-03-10 18:00 KST      digest       3 x  season",
        "Mon 2086-03-11 04:00 KST          1d       3 x  season: Attention",
    ]


def test_what_waits_in_the_ledger_is_told_first(season: Path, studybell: Call) -> None:
    studybell("participants", "add", "hana@example.org", "--confirmed")
    studybell("send")
    with sqlite3.connect(season / "var" / "studybell.db") as database:
        (uid,) = database.execute("select uid from sessions order by position").fetchone()
        for kind, session in (("welcome", ""), ("moved", uid)):
            at = "2026-03-04 10:00:00.000000"
            database.execute(
                "insert into deliveries (lane, kind, series, participant_id, session, starts_at, rule, due_at, next_at,"
                " expires_at, created_at, note, state, reason, owner, leased_until, attempts, doubts)"
                " values ('sign-ups', ?, 'season', 1, ?, ?, '', ?, ?, '2086-03-04 09:00:00.000000', ?, '',"
                " 'planned', '', '', 0, 0, 0)",
                (kind, session, at, at, at, at),
            )

    found = json.loads(studybell("plan", "--json").out)

    told = {(one["kind"], one["title"], one["rule"], one["count"], one["due_at"][:10]) for one in found}
    assert told == {("welcome", None, None, 1, "2026-03-04"), ("moved", "Opening", None, 1, "2026-03-04")}


def test_a_line_is_not_wider_than_a_screen(season: Path, studybell: Call) -> None:
    table = (season / "season.md").read_text("utf-8")
    (season / "season.md").write_text(table.replace("Opening", "데이터가 바닥날까? " * 9), "utf-8")
    studybell("participants", "add", "hana@example.org", "--name", "Hana", "--confirmed")

    lines = studybell("plan", "--until", "2086-03-05").out.splitlines()

    assert any(line.endswith("… (speaking)") for line in lines)
    for line in lines:
        assert sum(2 if ord(char) > 0x1100 and char != "…" else 1 for char in line) <= 80
