"""`demo`, `serve` and `send` as a newcomer meets them: processes that say where to look, and stop when asked."""

import re
from pathlib import Path

import httpx
import pytest

from tests.whole.installation import free_port
from tests.whole.terminal import Call, call, start, surroundings


def get(address: str) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=10) as client:
        return client.get(address)


@pytest.fixture
def port(season: Path) -> int:
    """The port that the season's settings name: a free one."""
    number = free_port()
    file = season / "studybell.toml"
    file.write_text(file.read_text().replace("8000", str(number)))
    return number


def test_the_demo_says_where_to_look_and_nothing_else(here: Path) -> None:
    with start(here, "demo", "--port", "0") as demo:
        said = demo.wait_for("Stop with Ctrl+C")
        pages = re.findall(r"http://127\.0\.0\.1:\d+/\S+", said)
        assert [get(page).status_code for page in pages] == [200, 200, 200, 200]
        assert demo.stop() == 0
        assert demo.said() == said, "a newcomer needs no log"


def test_the_service_says_what_it_serves_and_stops_when_asked(season: Path, port: int) -> None:
    with start(season, "serve") as service:
        said = service.wait_for("/mailbox")
        assert f"studybell listens at 127.0.0.1 port {port} and serves\n  http://127.0.0.1:{port}/season\n" in said
        assert "Ctrl+C" not in said, "nobody can press it in a journal"
        assert get(f"http://127.0.0.1:{port}/season.ics").status_code == 200
        assert service.stop() == 0


def test_the_short_commands_work_beside_a_running_service(season: Path, port: int) -> None:
    with start(season, "serve") as service:
        service.wait_for("/mailbox")

        assert call(season, "participants", "add", "hana@example.org", "--confirmed").status == 0
        assert "hana@example.org" in call(season, "participants", "list").out
        assert "Opening" in call(season, "plan", "--until", "2086-03-05").out
        assert "BEGIN:VCALENDAR" in call(season, "feed", "season").out
        send = call(season, "send")
        assert (send.status, send.out) == (0, "a running service does this already\n")


def test_the_settings_can_come_from_elsewhere(season: Path, port: int, tmp_path: Path, studybell: Call) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    named = str(season / "studybell.toml")

    assert call(elsewhere, "plan", "--config", named).status == 0
    assert call(elsewhere, "plan", STUDYBELL_CONFIG=named).status == 0
    assert "STUDYBELL_CONFIG" not in surroundings()
