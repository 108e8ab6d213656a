"""Time zones to choose from."""

from zoneinfo import ZoneInfo

import pytest

from service.web.zones import is_offered, render_options


@pytest.mark.parametrize("name", ["Asia/Seoul", "Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC"])
def test_zones_of_places_are_offered(name: str) -> None:
    assert is_offered(name)
    assert name in render_options()


@pytest.mark.parametrize("name", ["", "Asia/Nowhere", "../etc/passwd", "posixrules", "Etc/GMT+5", "asia/seoul"])
def test_other_names_are_not(name: str) -> None:
    assert not is_offered(name)


def test_everything_offered_is_a_zone() -> None:
    names = [part.partition('"')[0] for part in render_options().split('<option value="')[1:]]

    assert len(names) > 300
    assert all(ZoneInfo(name).key == name and is_offered(name) for name in names)
