"""Calendar programs outside Python: used where they are installed, demanded where CI says so."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.feed.reading import Reading

_NODE = Path(__file__).parent / "node"
_SECONDS = 60
_KHAL = """
[calendars]
[[feed]]
path = {home}/feed
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M:%S
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M:%S
longdatetimeformat = %Y-%m-%d %H:%M:%S
[default]
default_calendar = feed
[sqlite]
path = {home}/khal.db
"""
_KHAL_WORDS = (
    "uid", "start-date-long", "start-time", "end-date-long", "end-time", "title", "location", "status",
)  # fmt: skip
_UNIT, _RECORD = "\x1f", "\x1e"


def _demand(there: bool, what: str) -> None:
    if not there:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what} is missing")


@pytest.fixture
def read_with_node() -> Callable[[Sequence[bytes]], list[list[Reading]]]:
    """Reads feeds with ical.js and, behind those, the same feeds with node-ical."""
    node = shutil.which("node")
    _demand(node is not None and (_NODE / "node_modules").is_dir(), "node, or `npm ci` in tests/feed/node,")

    def read(feeds: Sequence[bytes]) -> list[list[Reading]]:
        done = subprocess.run(
            [str(node), "read.mjs"],
            cwd=_NODE,
            env={**os.environ, "TZ": "UTC"},
            input=json.dumps([feed.decode() for feed in feeds]).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        assert not done.returncode, done.stderr.decode()
        return [sorted(Reading(**event) for event in events) for events in json.loads(done.stdout)]

    return read


@pytest.fixture
def read_with_khal(tmp_path: Path) -> Callable[[bytes], list[Reading]]:
    """Imports a feed into an empty khal and lists what it holds."""
    khal = shutil.which("khal")
    _demand(khal is not None, "khal")

    def call(home: Path, *arguments: str) -> str:
        command = [str(khal), "-c", str(home / "khal.conf"), *arguments]
        environ = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        done = subprocess.run(command, env=environ, capture_output=True, timeout=_SECONDS, check=False)
        assert not done.returncode, done.stderr.decode()
        return done.stdout.decode()

    def read(feed: bytes) -> list[Reading]:
        home = tmp_path / f"khal{len(list(tmp_path.iterdir()))}"
        (home / "feed").mkdir(parents=True)
        (home / "khal.conf").write_text(_KHAL.format(home=home), "utf-8")
        (home / "feed.ics").write_bytes(feed)
        call(home, "import", "--batch", "-a", "feed", str(home / "feed.ics"))
        form = _UNIT.join(f"{{{word}}}" for word in _KHAL_WORDS) + _RECORD
        listed = call(home, "list", "--once", "--day-format", "", "--format", form, "2024-01-01", "3660d")
        return sorted(_read_line(line) for line in listed.split(_RECORD) if _UNIT in line)

    return read


def _read_line(line: str) -> Reading:
    uid, first, time, last, until, title, place, status = line.strip("\n").split(_UNIT)
    starts, ends = (f"{first}T{time}Z", f"{last}T{until}Z") if time else (first, _day_after(last))
    return Reading(uid, starts, ends, title, place, status.strip())


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
