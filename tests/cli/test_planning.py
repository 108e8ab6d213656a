"""`plan`: what will be sent, before anything is."""

import json
from pathlib import Path

from tests.whole.terminal import Call


def test_what_will_be_sent_is_told_with_its_time_rule_and_count(season: Path, studybell: Call) -> None:
    for name in ("hana", "minjun"):
        studybell("participants", "add", f"{name}@example.org", "--timezone", "Asia/Seoul", "--confirmed")

    said = studybell("plan", "--until", "2086-03-05")

    assert said.status == 0
    assert said.out.splitlines()[:3] == [
        "Tue 2086-02-26 04:00 KST        7d       2 x  season: Opening",
        "Mon 2086-03-04 04:00 KST        1d       2 x  season: Opening",
        "Tue 2086-03-05 03:00 KST        1h       2 x  season: Opening",
    ]


def test_a_program_gets_a_list(season: Path, studybell: Call) -> None:
    studybell("participants", "add", "hana@example.org", "--confirmed")

    first = json.loads(studybell("plan", "--until", "2086-03-05", "--json").out)[0]

    assert (first["series"], first["title"], first["rule"], first["count"]) == ("season", "Opening", "7d", 1)
    assert first["due_at"] == "2086-02-25T19:00:00+00:00"


def test_where_nobody_is_owed_anything_it_says_so(season: Path, studybell: Call) -> None:
    said = studybell("plan", "--until", "2086-03-05")

    assert said.out == "no confirmed participant is owed a reminder until 2086-03-05\n"


def test_a_day_that_is_none_says_what_to_write(season: Path, studybell: Call) -> None:
    said = studybell("plan", "--until", "tomorrow")

    assert said.status == 2
    assert "write a day as year-month-day, like 2026-03-02" in said.err
