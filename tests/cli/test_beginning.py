"""`init`: settings that serve a schedule, with nothing made up."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from service.settings.loading import load_settings
from tests.whole.terminal import Call

TIMED = "# Group\n\n| Date | Time | Topic |\n|---|---|---|\n| 2026-03-04 | 19:00 | Opening |\n"
DATED = "# Group\n\n| Date | Topic |\n|---|---|\n| 2026-03-04 | Opening |\n"
WEEKS = "# Group\n\n| Week | Topic |\n|---|---|\n| 1 | Opening |\n| 2 | Attention |\n"
KOREAN = "# 논문 읽기\n\n| 주차 | 날짜 | 주제 |\n|---|---|---|\n| 1 주차 | 2026-03-04 | 처음 |\n"


@pytest.fixture(autouse=True)
def _in_a_data_centre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: "Etc/UTC")


def series_of(folder: Path) -> dict[str, Any]:
    load_settings(folder / "studybell.toml", {})
    series: dict[str, Any] = tomllib.loads((folder / "studybell.toml").read_text("utf-8"))["series"][0]
    return series


def test_a_schedule_that_says_everything_needs_nothing(here: Path, studybell: Call) -> None:
    (here / "group.md").write_text(TIMED)

    said = studybell("init", "group.md")

    assert said.status == 0
    series = series_of(here)
    assert (series["slug"], series["source"]) == ("group", "group.md")
    assert not {"starts_on", "starts_at"} & set(series)
    assert "starts_at" not in said.out
    assert "starts_on" not in said.out


def test_no_time_is_made_up(here: Path, studybell: Call) -> None:
    (here / "group.md").write_text(DATED)

    said = studybell("init", "group.md")

    assert "starts_at" not in series_of(here)
    assert '# starts_at = "' in (here / "studybell.toml").read_text()
    assert "starts_at is not set: sessions last all day until you set it" in said.out


def test_the_addresses_follow_the_port_until_there_is_a_public_one(here: Path, studybell: Call) -> None:
    (here / "group.md").write_text(TIMED)

    studybell("init", "group.md")

    text = (here / "studybell.toml").read_text()
    (here / "studybell.toml").write_text(text.replace("port = 8000", "port = 8123"))
    assert load_settings(here / "studybell.toml", {}).base_url == "http://127.0.0.1:8123"


def test_no_day_is_made_up(here: Path, studybell: Call) -> None:
    (here / "group.md").write_text(WEEKS)

    said = studybell("init", "group.md")

    assert "starts_on" not in series_of(here)
    assert "starts_on is not set: the rows have no dates" in said.out


def test_the_language_of_a_schedule_tells_where_its_people_are_when_the_machine_does_not(
    here: Path, studybell: Call
) -> None:
    (here / "논문.md").write_text(KOREAN, "utf-8")

    said = studybell("init", "논문.md")

    series = series_of(here)
    assert (series["slug"], series["source"], series["timezone"]) == ("schedule", "논문.md", "Asia/Seoul")
    assert "timezone is Asia/Seoul" in said.out


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Seminar 2026 (Spring).md", "seminar-2026-spring"), ("me.md", "schedule"), ("a.md", "a")],
)
def test_the_slug_comes_from_the_file_name(name: str, slug: str, here: Path, studybell: Call) -> None:
    (here / name).write_text(TIMED)

    studybell("init", name)

    assert series_of(here)["slug"] == slug


def test_a_name_with_quotes_is_written_as_toml(here: Path, studybell: Call) -> None:
    (here / 'the "new" one\\.md').write_text(TIMED)

    studybell("init", 'the "new" one\\.md')

    assert series_of(here)["source"] == 'the "new" one\\.md'


def test_settings_that_are_there_are_left_alone(here: Path, studybell: Call) -> None:
    (here / "studybell.toml").write_text("mine")

    said = studybell("init", "group.md")

    assert said.status == 2
    assert said.err == "studybell: studybell.toml is there already; edit it, or move it away first\n"
    assert (here / "studybell.toml").read_text() == "mine"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nothing but words.", "group.md: no schedule was found in it; `studybell check group.md` tells why"),
        (None, "group.md: cannot be read: No such file or directory"),
    ],
)
def test_without_a_schedule_nothing_is_written(text: str | None, told: str, here: Path, studybell: Call) -> None:
    if text:
        (here / "group.md").write_text(text)

    said = studybell("init", "group.md")

    assert said.status == 2
    assert said.err == f"studybell: {told}\n"
    assert not (here / "studybell.toml").exists()
