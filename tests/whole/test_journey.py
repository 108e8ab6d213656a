"""A person's way through the sample season, in a real browser: register, confirm, be reminded in time, leave."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from service.app.service import App
from service.resources import CONFIG
from service.settings.loading import load_settings
from service.settings.values import Settings
from service.web.server import listen
from tests.whole.installation import Watch, answering

pytestmark = pytest.mark.browser

KST = "+09:00"
EVENING_BEFORE = datetime.fromisoformat(f"2024-01-26T20:50{KST}")


@dataclass
class Place:
    """The running service, its clock, and one person's window on it."""

    app: App
    watch: Watch
    page: Page
    settings: Settings

    async def at(self, time: str) -> list[tuple[str, datetime]]:
        """Turn the clock, let the service do what is due, and tell the mailbox: subjects and dates, newest first."""
        self.watch.time = datetime.fromisoformat(f"{time}{KST}")
        await self.app.worker.do_once()
        mails = []
        for file in sorted((self.settings.data_dir / "mailbox" / "new").iterdir(), reverse=True):
            date = re.search(r"(?m)^Date: (.+?)\r?$", file.read_text("ascii"))
            assert date
            mails.append((file.name, parsedate_to_datetime(date[1])))
        return mails

    async def open_newest_mail(self) -> str:
        """Look at the newest mail in the mailbox; what its text part says."""
        await self.page.goto(f"{self.settings.base_url}/mailbox")
        await self.page.locator("li a[href*='/mailbox/']").first.click()
        return await self.page.locator("body").inner_text()

    async def follow(self, purpose: str) -> None:
        """Open the link of the open mail that serves `purpose`."""
        link = re.search(rf"{self.settings.base_url}/{purpose}/[\w-]+", await self.open_newest_mail())
        assert link
        await self.page.goto(link[0])


@asynccontextmanager
async def visiting(folder: Path, browser: Browser) -> AsyncIterator[Place]:
    """The sample season, served from `folder`, and a window of a Korean reader."""
    listener = listen("127.0.0.1", 0)
    settings = replace(
        load_settings(CONFIG / "studybell.example.toml", {}),
        base_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
        data_dir=folder,
        organizer="",
    )
    watch = Watch(EVENING_BEFORE)
    async with answering(settings, watch, listener) as app:
        page = await browser.new_page(locale="ko-KR", java_script_enabled=False)
        yield Place(app, watch, page, settings)


async def test_a_person_registers_confirms_is_reminded_in_time_and_leaves(tmp_path: Path, browser: Browser) -> None:
    async with visiting(tmp_path, browser) as place:
        page = place.page
        await page.goto(f"{place.settings.base_url}/ssl-season4")
        await page.fill("#email", "hana@example.org")
        await page.fill("#name", "하나")
        await asyncio.sleep(3.1)  # nobody types faster, and the form knows
        await page.click("form.register button")
        assert "hana" not in await page.content()

        assert len(await place.at("2024-01-26T20:51")) == 1
        await place.follow("confirm")
        assert len(await place.at("2024-01-26T20:52")) == 1, "looking at the page confirms nothing"
        await asyncio.sleep(1.1)  # nor does a program that presses at once
        await page.click("main form button")

        assert len(await place.at("2024-01-26T20:53")) == 2
        welcome = await place.open_newest_mail()
        assert "7일 전, 1일 전, 1시간 전" in welcome
        assert "2024년 1월 27일 (토) 21:00–23:00" in welcome

        expected = 2
        for before, due in [
            ("2024-01-26T20:59:59", "2024-01-26T21:00"),  # week 1, a day before
            ("2024-01-27T19:59:59", "2024-01-27T20:00"),  # week 1, an hour before
            ("2024-01-27T20:59:59", "2024-01-27T21:00"),  # week 2, a week before
            ("2024-02-02T20:59:59", "2024-02-02T21:00"),  # week 2, a day before
        ]:
            assert len(await place.at(before)) == expected
            mails = await place.at(due)
            expected += 1
            assert len(mails) == expected
            assert mails[0][1] == datetime.fromisoformat(f"{due}{KST}")

        said = await place.open_newest_mail()
        assert "Training Compute-Optimal Large Language Models" in said
        assert "2024년 2월 3일 (토) 21:00–23:00" in said
        await place.follow("unsubscribe")
        await page.click("main form button")

        assert len(await place.at("2024-02-03T20:00")) == expected
        assert len(await place.at("2024-06-15T22:00")) == expected
