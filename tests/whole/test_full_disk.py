"""A disk that takes nothing more, before a service is even started: it serves what it has, and does not fall over."""

from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from tests.whole.installation import free_port
from tests.whole.terminal import STUDYBELL, call, start

BYTES = 34_000
"""No file may grow beyond this: enough for the index of the database's journal, and eight pages in it."""


@pytest.fixture
def season(tmp_path: Path) -> Path:
    port = free_port()
    (tmp_path / "season.md").write_text("| Date | Topic |\n|---|---|\n| 2086-03-04 | Opening |\n", "utf-8")
    (tmp_path / "studybell.toml").write_text(
        f'base_url = "http://127.0.0.1:{port}"\n[http]\nport = {port}\n'
        '[[series]]\nslug = "season"\nsource = "season.md"\ntimezone = "Asia/Seoul"\n'
    )
    return tmp_path


def test_a_service_that_cannot_write_serves_its_feeds_until_it_can(season: Path) -> None:
    assert call(season, "participants", "add", "hana@example.org", "--confirmed").status == 0
    assert call(season, "send").status == 0
    days = [date(2086, 3, 5) + timedelta(days=number) for number in range(300)]
    rows = "".join(f"| {day} | Session of {day} |\n" for day in days)
    (season / "season.md").write_text(f"| Date | Topic |\n|---|---|\n| 2086-03-04 | Beginning |\n{rows}", "utf-8")
    limited = ("prlimit", f"--fsize={BYTES}:{BYTES}", *STUDYBELL)

    with start(season, "serve", command=limited) as service, httpx.Client(trust_env=False, timeout=10) as client:
        address = service.wait_for("/mailbox").partition("\n  ")[2].split()[0]
        assert "Opening" in client.get(f"{address}.ics").text
        assert client.get(address).status_code == 200
        service.rest(3)
        assert client.get(f"{address}.ics").status_code == 200
        assert "look at the disk" in service.said() or "free some space" in service.said()
        assert "Traceback" not in service.said()
        assert service.stop() == 0

    with start(season, "serve") as service, httpx.Client(trust_env=False, timeout=10) as client:
        service.wait_for("refresh series=season")
        assert "Beginning" in client.get(f"{address}.ics").text
        assert service.stop() == 0
