"""`accept`: the organiser's word for an edit that waits."""

from pathlib import Path

from tests.whole.terminal import Call

HEAD = "| Date | Time | Topic | Speaker |\n|---|---|---|---|\n"
ROWS = [f"| 2086-04-{day:02} | 19:00 | Topic {day} | Hana |\n" for day in range(1, 11)]


def test_an_edit_that_touches_much_is_published_once_it_is_accepted(season: Path, studybell: Call) -> None:
    document = season / "season.md"
    document.write_text(HEAD + "".join(ROWS), "utf-8")
    assert studybell("send").status == 0
    document.write_text(HEAD + "".join(ROWS[:5]), "utf-8")

    studybell("send")
    waiting = studybell("feed", "season").out
    said = studybell("accept", "season")
    studybell("send")
    published = studybell("feed", "season").out

    assert waiting.count("BEGIN:VEVENT") == 10
    assert "STATUS:CANCELLED" not in waiting
    assert said.status == 0
    assert "may be published" in said.out
    assert published.count("STATUS:CANCELLED") == 5


def test_what_was_never_published_does_not_wait(season: Path, studybell: Call) -> None:
    said = studybell("accept", "season")

    assert said.status == 2
    assert "never published" in said.err


def test_a_series_that_is_not_there_is_told_with_those_that_are(season: Path, studybell: Call) -> None:
    said = studybell("accept", "other")

    assert said.status == 2
    assert "the settings have season" in said.err
