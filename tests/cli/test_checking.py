"""`check`: what is understood, for people and for programs."""

import json
from pathlib import Path

import pytest

from tests.whole.terminal import Call

KEYS = ["number", "date", "time", "end", "title", "type", "speakers", "affiliation", "place", "links", "status", "line"]


def test_without_files_the_schedules_of_the_settings_are_checked(season: Path, studybell: Call) -> None:
    said = studybell("check")

    assert said.status == 0
    assert said.out.splitlines()[:2] == ["season.md: Reading group", "sessions: 2, in the time zone UTC"]
    assert "Mon 2086-03-04 19:00  Opening — Hana" in said.out


def test_the_settings_can_stand_elsewhere(season: Path, studybell: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    (season / "elsewhere").mkdir()
    monkeypatch.chdir(season / "elsewhere")

    assert "Opening" in studybell("check", "--config", "../studybell.toml").out


def test_schedules_at_web_addresses_have_to_be_saved_first(season: Path, studybell: Call) -> None:
    settings = (season / "studybell.toml").read_text()
    (season / "studybell.toml").write_text(settings.replace('"season.md"', '"https://example.org/season.md"'))

    said = studybell("check", "--json")

    assert said.status == 2
    assert said.err.startswith("studybell: every schedule of the settings is at a web address")


def test_a_program_gets_one_object_for_one_file(season: Path, studybell: Call) -> None:
    said = studybell("check", "season.md", "--json")

    found = json.loads(said.out)
    assert list(found) == ["file", "title", "language", "timezone", "sessions", "problems"]
    assert [list(session) for session in found["sessions"]] == [KEYS, KEYS]
    first = found["sessions"][0]
    assert (first["date"], first["time"], first["title"]) == ("2086-03-04", "19:00", "Opening")
    assert (first["speakers"], first["affiliation"], first["links"]) == (["Hana"], None, [])
    assert (first["status"], first["line"]) == ("confirmed", 5)
    assert found["problems"] == []


def test_a_program_gets_a_list_for_several_files(season: Path, studybell: Call) -> None:
    (season / "other.md").write_text((season / "season.md").read_text())

    found = json.loads(studybell("check", "season.md", "other.md", "--json").out)

    assert [one["file"] for one in found] == ["season.md", "other.md"]


def test_options_stand_for_the_settings_of_a_bare_document(here: Path, studybell: Call) -> None:
    (here / "weeks.md").write_text("| Week | Topic |\n|---|---|\n| 1 | Opening |\n| 2 | Attention |\n")

    said = studybell(
        "check", "weeks.md", "--json", "--timezone", "Asia/Seoul", "--starts-on", "2026-03-02", "--starts-at", "19:00",
        "--duration", "90m", "--skip", "2026-03-09",
    )  # fmt: skip

    sessions = json.loads(said.out)["sessions"]
    assert [(one["date"], one["time"], one["end"]) for one in sessions] == [
        ("2026-03-02", "19:00", "20:30"),
        ("2026-03-16", "19:00", "20:30"),
    ]


def test_a_problem_is_told_with_its_place_and_code(here: Path, studybell: Call) -> None:
    (here / "weeks.md").write_text("| Week | Topic |\n|---|---|\n| 1 | Opening |\n")

    said = studybell("check", "weeks.md")

    assert said.status == 0, "a warning is no error"
    assert "weeks.md:3:3: warning date-missing " in said.out


def test_a_document_without_a_schedule_is_an_error(here: Path, studybell: Call) -> None:
    (here / "words.md").write_text("Nothing but words.")

    said = studybell("check", "words.md")

    assert said.status == 1
    assert "error no-schedule" in said.out


def test_an_option_that_cannot_be_understood_says_what_to_write(season: Path, studybell: Call) -> None:
    said = studybell("check", "season.md", "--timezone", "Korea Time")

    assert said.status == 2
    assert 'write a time zone of the IANA list, like "Asia/Seoul"' in said.err


def test_a_file_that_is_not_there_is_named(here: Path, studybell: Call) -> None:
    said = studybell("check", "none.md")

    assert said.status == 2
    assert said.err == "studybell: none.md: cannot be read: No such file or directory\n"
