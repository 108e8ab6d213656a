"""Whatever is wrong outside: one clear line that says what to do, no traceback, and the service goes on if it can."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.clock import SystemClock
from service.store.ledger import list_all
from tests.whole.installation import free_port, install, invite, running
from tests.whole.terminal import call, start

READY = "studybell listens at"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation whose mail server nobody can reach, with a session in forty minutes."""
    install(tmp_path, smtp_port=free_port(), starts=SystemClock().now() + timedelta(minutes=40))
    return tmp_path


def edit(file: Path, before: str, after: str) -> None:
    """Change a text that must be there."""
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def base_of(folder: Path) -> str:
    """The address that the installation's settings name."""
    [line] = [line for line in (folder / "studybell.toml").read_text().splitlines() if line.startswith("base_url")]
    return line.split('"')[1]


def get(folder: Path, path: str) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=20) as client:
        return client.get(base_of(folder) + path)


def complaints(said: str) -> list[str]:
    """The lines that tell of trouble; a traceback is never one of them."""
    assert "Traceback" not in said
    return [line for line in said.splitlines() if " ERROR " in line or " WARNING " in line]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[http]\nport", "[http]\nprot", 'studybell.toml:5: http.prot: unknown setting; did you mean "port"?'),
        ('security = "none"', 'sender = "nobody"', "mail.sender: write an e-mail address, like name@example.org"),
        ('host = "127.0.0.1"', 'host = "mail.example.org"', "mail: "),
    ],
)
def test_settings_that_cannot_be_used_end_it_with_one_line(before: str, after: str, told: str, folder: Path) -> None:
    edit(folder / "studybell.toml", before, after)

    said = call(folder, "serve")

    assert said.status == 2
    assert said.out == ""
    assert told in said.err
    assert said.err.startswith("studybell: ")
    assert said.err.count("\n") == 1


def test_a_wrong_address_ends_it_with_one_line(folder: Path) -> None:
    said = call(folder, "participants", "add", "hana@example", "--confirmed")

    assert said.status == 2
    assert said.err.startswith("studybell: hana@example: write an e-mail address, like name@example.org")
    assert said.err.count("\n") == 1


def test_a_taken_port_ends_it_with_one_line(folder: Path) -> None:
    with start(folder, "serve") as first:
        first.wait_for(READY)

        said = call(folder, "serve")

    assert said.status == 2
    assert said.err.startswith("studybell: cannot listen at 127.0.0.1 port ")
    assert "stop the other program, or set another port" in said.err
    assert said.err.count("\n") == 1


def test_a_second_service_on_the_same_data_ends_with_one_line(folder: Path) -> None:
    with start(folder, "serve") as first:
        first.wait_for(READY)

        said = call(folder, "serve", STUDYBELL_HTTP__PORT=str(free_port()))

        assert first.stop() == 0
    assert said.status == 2
    assert "is in use by another studybell service; stop that one first" in said.err
    assert said.err.count("\n") == 1


def test_a_document_that_never_was_good_is_told_and_the_service_waits_for_a_better_one(folder: Path) -> None:
    good = (folder / "season.md").read_text()
    (folder / "season.md").write_text("# Season\n\nNothing but words.\n")
    with start(folder, "serve") as service:
        service.wait_for("not published yet")

        assert get(folder, "/").status_code == 200
        assert get(folder, "/season.ics").status_code == 404
        [complaint] = complaints(service.said())
        assert "unreadable series=season" in complaint
        assert "season.md:1:1: " in complaint

        (folder / "season.md").write_text(good)
        service.wait_for("refresh series=season")
        assert get(folder, "/season.ics").status_code == 200


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_text("# Season\n\nNothing but words.\n")])
def test_a_document_that_goes_bad_leaves_the_last_good_version(damage: Callable[[Path], Any], folder: Path) -> None:
    with start(folder, "serve") as service:
        service.wait_for(READY)
        good = get(folder, "/season.ics")

        damage(folder / "season.md")
        service.wait_for("the last good version stays published")
        service.rest(3)

        now = get(folder, "/season.ics")
        assert (now.status_code, now.content) == (200, good.content)
        assert list(get(folder, "/healthz").json()["stale_since"]) == ["season"]
        [complaint] = [line for line in complaints(service.said()) if "relay" not in line]
        assert "keep series=season" in complaint
        assert "season.md" in complaint


def test_an_unreachable_mail_server_is_told_and_everything_else_goes_on(folder: Path) -> None:
    settings = install(folder, smtp_port=free_port(), starts=SystemClock().now() + timedelta(minutes=40))
    invite(settings, 2)
    with start(folder, "serve") as service:
        service.wait_for("rest seconds=")

        health = get(folder, "/healthz")
        assert get(folder, "/season.ics").status_code == 200
        assert "refused" in health.json()["relay"]
        assert [line for line in complaints(service.said()) if "refused" not in line] == []
        assert service.stop() == 0
    with running(settings) as store:
        rows = store.database.submit(list_all).result()
    assert [(row.state, row.attempts) for row in rows] == [("planned", 0), ("planned", 0)]


@pytest.mark.slow
def test_a_locked_database_is_told_and_the_feed_is_still_served(folder: Path) -> None:
    with start(folder, "serve") as service:
        service.wait_for(READY)
        with sqlite3.connect(folder / "var" / "studybell.db", isolation_level=None) as other:
            other.execute("begin immediate")

            said = call(folder, "participants", "add", "hana@example.org", "--confirmed")

            assert said.status == 2
            assert said.err.startswith("studybell: the database ")
            assert "locked; another program holds it; close that program, or wait and try again" in said.err
            assert said.err.count("\n") == 1
            assert get(folder, "/season.ics").status_code == 200
            other.execute("rollback")
        assert call(folder, "participants", "add", "hana@example.org", "--confirmed").status == 0
        assert "Traceback" not in service.said()
        assert service.stop() == 0


def test_a_data_folder_that_cannot_be_written_ends_it_with_one_line(folder: Path) -> None:
    (folder / "var").write_text("a file where the folder should be")

    said = call(folder, "serve")

    assert said.status == 2
    assert said.err == "studybell: var: File exists; look at its path, its owner and its rights\n"
