"""Several processes as an operator starts them: one that only answers, one that only works, on one PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.store import conftest as stores
from tests.whole.installation import free_port
from tests.whole.terminal import call, start

pytestmark = pytest.mark.postgres
postgresql = stores.postgresql
SECONDS = 40


@pytest.fixture
def folder(tmp_path: Path, postgresql: str) -> Iterator[Path]:
    """An installation on a fresh database of a server."""
    port = free_port()
    (tmp_path / "season.md").write_text("| Date | Topic |\n|---|---|\n| 2086-03-04 | Opening |\n", "utf-8")
    with stores.empty_database(postgresql) as address:
        (tmp_path / "studybell.toml").write_text(
            f'base_url = "http://127.0.0.1:{port}"\ndatabase = "{address}"\n[http]\nport = {port}\n'
            '[[series]]\nslug = "season"\nsource = "season.md"\ntimezone = "Asia/Seoul"\n'
        )
        yield tmp_path


def test_one_answers_what_the_other_reads(folder: Path) -> None:
    with start(folder, "serve", "--role", "worker") as worker:
        worker.wait_for("studybell reads and sends for season; other processes answer")
        with start(folder, "serve", "--role", "web") as web, httpx.Client(trust_env=False, timeout=10) as client:
            address = web.wait_for("and serves\n").partition("\n  ")[2].split()[0]
            web.wait_for("/mailbox")
            assert "Opening" in client.get(f"{address}.ics").text
            (folder / "season.md").write_text("| Date | Topic |\n|---|---|\n| 2086-03-04 | Beginning |\n", "utf-8")
            wait(lambda: "Beginning" in client.get(f"{address}.ics").text)
            assert client.get(address.replace("/season", "/healthz")).status_code == 200
            assert web.stop() == 0
        assert worker.stop() == 0
        assert "Traceback" not in worker.said() + web.said()


def test_with_sqlite_one_process_does_everything(folder: Path) -> None:
    said = call(folder, "serve", "--role", "worker", STUDYBELL_DATABASE="")

    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("studybell: several processes need a PostgreSQL `database`")


def wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)
