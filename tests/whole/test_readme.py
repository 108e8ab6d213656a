"""The README: every example in it is run, and every setting in it exists."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import httpx
import pytest

from service.clock import SystemClock
from service.settings import schema
from service.settings.loading import load_settings
from tests.whole.installation import free_port, install, invite
from tests.whole.terminal import CHECKOUT, call, start, surroundings

README = (CHECKOUT / "README.md").read_text("utf-8")
MOST_BYTES = 300_000


def blocks(language: str) -> list[str]:
    """The examples in one language."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", README)


def commands(block: str) -> list[str]:
    """The commands of an example, without their comments."""
    return [line.split("  #")[0].strip() for line in block.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fresh folder with the schedule of the README."""
    (tmp_path / "schedule.md").write_text(blocks("markdown")[0], "utf-8")
    return tmp_path


def test_the_three_commands_serve_the_schedule(folder: Path) -> None:
    port = str(free_port())
    base = f"http://127.0.0.1:{port}"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = surroundings(PATH=path, STUDYBELL_HTTP__PORT=port)
    *short, serve = commands(blocks("sh")[1])
    for command in short:
        subprocess.run(command, shell=True, cwd=folder, env=environ, check=True, capture_output=True, timeout=60)

    with start(folder, *serve.split()[1:], environ=environ) as service:
        service.wait_for(f"{base}/schedule")
        with httpx.Client(base_url=base, trust_env=False, timeout=20) as client:
            assert "Attention Is All You Need" in client.get("/schedule").text
            assert client.get("/schedule.ics").text.count("BEGIN:VEVENT") == 3
        assert service.stop() == 0
    assert len(short) == 2
    assert "http://127.0.0.1:8000/schedule" in README


def test_the_schedule_gives_the_event_that_is_shown(folder: Path) -> None:
    feed = call(folder, "feed", "schedule.md", "--timezone", "Asia/Seoul").out

    [shown] = blocks("ics")
    [event] = [event for event in feed.split("BEGIN:VEVENT") if "Attention" in event]
    assert [line for line in event.splitlines() if line in shown.splitlines()] == shown.splitlines()


def test_the_targets_of_make_exist() -> None:
    targets = [command.split()[1] for command in commands(blocks("sh")[0])] + re.findall(r"`make (\w+)`", README)

    rules = (CHECKOUT / "Makefile").read_text("utf-8")
    assert [target for target in targets if not re.search(rf"(?m)^{target}:", rules)] == []
    assert (CHECKOUT / ".ci" / "run").exists()


def test_every_example_of_settings_can_be_used(folder: Path) -> None:
    for name in ("mail-password", "bounces-password"):
        (folder / name).write_text("secret\n")
    for number, block in enumerate(blocks("toml")):
        file = folder / f"{number}.toml"
        file.write_text(block)
        load_settings(file, {})
    assert len(blocks("toml")) == 4


def test_the_table_of_settings_has_them_all() -> None:
    rows = re.findall(r"(?m)^\| (`[^|]+`) \|", README)

    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    known = [*schema.TOP, *schema.HTTP, *schema.MAIL, *schema.BOUNCES, *schema.SERIES]
    assert set(known) == set(named)


def test_the_template_of_ones_own_is_in_the_mail(tmp_path: Path) -> None:
    [template] = blocks("jinja")
    settings = install(tmp_path, smtp_port=free_port(), starts=SystemClock().now() + timedelta(minutes=40))
    invite(settings, 1)
    (tmp_path / "mails" / "reminder").mkdir(parents=True)
    (tmp_path / "mails" / "reminder" / "body.txt").write_text(template)

    said = call(tmp_path, "send", STUDYBELL_MAIL__TEMPLATES="mails", STUDYBELL_MAIL__TRANSPORT="mailbox")

    assert (said.status, said.out, said.err) == (0, "mails due: 1\n", "")
    [mail] = (tmp_path / "var" / "mailbox" / "new").iterdir()
    [text] = [part for part in message_from_bytes(mail.read_bytes()).walk() if part.get_content_type() == "text/plain"]
    body = text.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "Questions? Just answer this mail." in body.decode()
    assert "Unsubscribe: " in body.decode()


def test_the_unit_of_systemd_starts_the_service(tmp_path: Path) -> None:
    [unit] = blocks("ini")

    parsed = configparser.ConfigParser()
    parsed.read_string(unit)
    assert parsed["Service"]["ExecStart"] == "/opt/studybell/.venv/bin/studybell serve"
    if shutil.which("systemd-analyze"):
        file = tmp_path / "studybell.service"
        file.write_text(unit.replace("/opt/studybell/.venv/bin/studybell", sys.executable))
        said = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, timeout=60, check=False)
        assert [line for line in said.stderr.decode().splitlines() if file.name in line] == []


def test_the_pictures_are_there_and_light() -> None:
    pictures = re.findall(r'src="(docs/[^"]+)"', README)

    assert pictures
    assert [picture for picture in pictures if (CHECKOUT / picture).stat().st_size > MOST_BYTES] == []
