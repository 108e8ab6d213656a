"""vdirsyncer fetches the feed of a running service, and khal shows what came."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.clients.served import EDITED, serving

VDIRSYNCER, KHAL = shutil.which("vdirsyncer"), shutil.which("khal")

_SECONDS: Final = 30
_PAIR: Final = """
[general]
status_path = "{home}/status"
[pair season]
a = "feed"
b = "folder"
collections = null
conflict_resolution = "a wins"
partial_sync = "ignore"
[storage feed]
type = "http"
url = "{url}"
[storage folder]
type = "filesystem"
path = "{home}/season"
fileext = ".ics"
"""
_KHAL: Final = """
[calendars]
[[season]]
path = {home}/season
readonly = True
[locale]
local_timezone = Asia/Seoul
default_timezone = Asia/Seoul
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {home}/khal.db
"""


class Reader:
    """Somebody who reads calendars in a terminal, with everything kept below `home`."""

    def __init__(self, home: Path, url: str) -> None:
        (home / "season").mkdir(parents=True)
        (home / "vdirsyncer.conf").write_text(_PAIR.format(home=home, url=url), "utf-8")
        (home / "khal.conf").write_text(_KHAL.format(home=home), "utf-8")
        self._home = home

    async def subscribe(self) -> None:
        """Look at what there is to be synchronised, once."""
        await self._call(VDIRSYNCER, "-c", f"{self._home}/vdirsyncer.conf", "discover", "season")

    async def sync(self) -> str:
        """Fetch the feed; what vdirsyncer says about it."""
        return await self._call(VDIRSYNCER, "-c", f"{self._home}/vdirsyncer.conf", "sync")

    async def list_sessions(self) -> list[str]:
        """What khal shows of the spring of 2024, one line for each session."""
        form = "{start-long} {end-time} {title}"
        command = ("list", "--once", "--day-format", "", "--format", form, "2024-03-01", "2024-05-01")
        listed = await self._call(KHAL, "-c", f"{self._home}/khal.conf", *command)
        return [line for line in listed.splitlines() if line]

    async def _call(self, program: str | None, *arguments: str) -> str:
        environ = {**os.environ, "HOME": str(self._home), "LC_ALL": "C.UTF-8", "TZ": "Asia/Seoul"}
        pipe = asyncio.subprocess.PIPE
        done = await asyncio.create_subprocess_exec(
            str(program), *arguments, env=environ, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
        )
        async with asyncio.timeout(_SECONDS):
            out, errors = await done.communicate()
        assert not done.returncode, errors.decode()
        return (out + errors).decode()


@pytest.fixture(autouse=True)
def _both_are_there() -> None:
    if not (VDIRSYNCER and KHAL) and not os.environ.get("CI"):
        pytest.skip("there is no vdirsyncer or no khal on this machine")


async def test_an_edit_reaches_the_terminal_with_the_next_sync(tmp_path: Path) -> None:
    async with serving(tmp_path) as served:
        reader = Reader(tmp_path / "home", served.url)
        await reader.subscribe()
        await reader.sync()
        assert await reader.list_sessions() == [
            "2024-03-05 19:00 21:00 처음부터, 다시: 언어 모델 🎉",
            '2024-03-12 19:00 21:00 Semicolons; commas, "quotes" and 50%',
            "2024-03-19 23:00 01:30 자정을 넘기는 모임",
            "2024-03-26 19:00 21:00 아주 긴 제목이 여러 줄로 접혀도 글자 하나 잃지 않고 그대로 읽혀야 합니다",
            "2024-04-02 19:00 21:00 [취소] 다음 이야기",
        ]

        await served.edit(EDITED)
        assert (await reader.sync()).count("Copying") == 3, "only what changed is taken anew"
        assert await reader.list_sessions() == [
            "2024-03-06 20:00 22:00 처음부터, 다시: 언어 모델 🎉",
            '2024-03-12 19:00 21:00 Semicolons; commas, "quotes" and 50%',
            "2024-03-19 23:00 01:30 이름이 바뀐 모임",
            "2024-03-26 19:00 21:00 아주 긴 제목이 여러 줄로 접혀도 글자 하나 잃지 않고 그대로 읽혀야 합니다",
            "2024-04-02 19:00 21:00 다음 이야기",
        ]


async def test_a_sync_without_an_edit_changes_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path) as served:
        reader = Reader(tmp_path / "home", served.url)
        await reader.subscribe()
        await reader.sync()
        assert "Copying" not in await reader.sync()
        # It never asks conditionally, so that it is given everything each time.
        assert {(asked.status, "if-none-match" in asked.headers) for asked in served.asked} == {(200, False)}
