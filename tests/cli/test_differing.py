"""`diff`: what an edit would change, and whom it would mail."""

import json
from pathlib import Path

import pytest

from tests.whole.terminal import Call


@pytest.fixture
def edited(season: Path) -> Path:
    """The season with its first session an hour later, and its second one by somebody else."""
    text = (season / "season.md").read_text("utf-8")
    edited = season / "edited.md"
    edited.write_text(text.replace("04 | 19:00", "04 | 20:00").replace("Minjun", "Sena|or"), "utf-8")
    return edited


def test_an_edit_is_told_with_the_mails_that_it_causes(edited: Path, studybell: Call) -> None:
    said = studybell("diff", "season.md", "edited.md")

    assert said.status == 0
    assert "> moved     Opening" in said.out
    assert "when: Mon 2086-03-04 19:00–21:00 → Mon 2086-03-04 20:00–22:00" in said.out
    assert "mail: one notice to everybody who was told the old time" in said.out
    assert "~ edited    Attention" in said.out


def test_programs_get_the_same_as_json(edited: Path, studybell: Call) -> None:
    found = json.loads(studybell("diff", "season.md", "edited.md", "--json").out)

    assert [(one["kind"], one["title"]) for one in found["changes"]] == [("moved", "Opening"), ("edited", "Attention")]
    assert found["changes"][0]["mails"]
    assert not found["changes"][1]["mails"]
    assert found["waits_for_organiser"] is False


def test_a_comment_on_a_pull_request_gets_a_table(edited: Path, studybell: Call) -> None:
    said = studybell("diff", "season.md", "edited.md", "--markdown")

    lines = said.out.splitlines()
    assert lines[0] == "| | session | change | mail |"
    assert lines[2].startswith("| moved | Opening | when: ")
    assert all(line.count(" | ") == 3 or line == "|---|---|---|---|" for line in lines)


def test_an_edit_that_would_wait_says_so(season: Path, studybell: Call) -> None:
    rows = [f"| 2086-04-{day:02} | 19:00 | Topic {day} | Hana |\n" for day in range(1, 11)]
    head = "| Date | Time | Topic | Speaker |\n|---|---|---|---|\n"
    (season / "long.md").write_text(head + "".join(rows), "utf-8")
    (season / "half.md").write_text(head + "".join(rows[:5]), "utf-8")

    said = studybell("diff", "long.md", "half.md")

    assert said.out.count("- cancelled") == 5
    assert "it would wait for your word" in said.out


def test_equal_documents_change_nothing(season: Path, studybell: Call) -> None:
    assert studybell("diff", "season.md", "season.md").out == "nothing changes for readers\n"
