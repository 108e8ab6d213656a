"""What a document is understood by: who knows it need not read the document again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.app import publishing
from service.app.publishing import watch_series
from service.schedule.cadence import Cadence
from service.settings.values import SeriesSettings, Settings

CADENCE = Cadence(timezone=ZoneInfo("Asia/Seoul"))
SETTINGS = Settings(folder=Path("/"), data_dir=Path("/var"))


def find_grounds(cadence: Cadence) -> str:
    return watch_series(SeriesSettings(slug="season", source="season.md", cadence=cadence), SETTINGS).grounds


@pytest.fixture(autouse=True)
def forget_library() -> Iterator[None]:
    publishing._date_holidays.cache_clear()
    yield
    publishing._date_holidays.cache_clear()


@pytest.mark.parametrize("holidays", ["", "KR"])
def test_the_same_settings_are_the_same_grounds(holidays: str) -> None:
    cadence = replace(CADENCE, holidays=holidays)
    assert find_grounds(cadence) == find_grounds(replace(cadence)) != ""


def test_other_settings_are_other_grounds() -> None:
    others = [{}, {"holidays": "KR"}, {"holidays": "DE"}, {"skip": frozenset({date(2024, 2, 10)})}]
    assert len({find_grounds(replace(CADENCE, **other)) for other in others}) == len(others)  # type: ignore[arg-type]


def test_public_holidays_are_as_old_as_their_library(monkeypatch: pytest.MonkeyPatch) -> None:
    with_holidays = replace(CADENCE, holidays="KR")
    before = find_grounds(with_holidays), find_grounds(CADENCE)

    publishing._date_holidays.cache_clear()
    monkeypatch.setattr(publishing, "version", lambda name: f"another {name}")

    assert find_grounds(with_holidays) != before[0]
    assert find_grounds(CADENCE) == before[1]
