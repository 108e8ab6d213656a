"""A person at the command line, in an empty folder."""

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.cli.main import main
from tests.whole.terminal import Call, Said


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: an empty folder, with no settings in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STUDYBELL_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def studybell(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Said]]:
    """Calls the command `studybell` with some words."""
    level = logging.getLogger().level

    def call(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["studybell", *words])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return Said(int(end.value.code or 0), out, err)

    yield call
    logging.getLogger().setLevel(level)


@pytest.fixture
def season(here: Path, studybell: Call) -> Path:
    """A folder with a schedule of two sessions in the far future, and settings without a report on Mondays."""
    (here / "season.md").write_text(
        "# Reading group\n\n| Date | Time | Topic | Speaker |\n|---|---|---|---|\n"
        "| 2086-03-04 | 19:00 | Opening | Hana |\n| 2086-03-11 | 19:00 | Attention | Minjun |\n",
        "utf-8",
    )
    assert studybell("init", "season.md").status == 0
    settings = (here / "studybell.toml").read_text("utf-8")
    (here / "studybell.toml").write_text(settings.replace("weekly_report = true ", "weekly_report = false"), "utf-8")
    return here
