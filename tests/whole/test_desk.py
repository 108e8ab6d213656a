"""The desk of a whole service: opened from the command line, it publishes an edit; and a restart forgets no fetch."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from service.app.service import App, open_app
from service.cli.configured import find_settings
from service.clock import SystemClock
from tests.cli.conftest import here, season, studybell  # noqa: F401 - fixtures
from tests.web.desk_scene import find_fields
from tests.whole.terminal import Call

BASE = "http://127.0.0.1:8000"
ACCEPT = "/desk/accept?lang=en"
HEAD = "| Date | Time | Topic | Speaker |\n|---|---|---|---|\n"
ROWS = [f"| 2086-04-{day:02} | 19:00 | Topic {day} | Hana |\n" for day in range(1, 11)]


@asynccontextmanager
async def service(folder: Path) -> AsyncIterator[tuple[App, httpx.AsyncClient]]:
    """The whole service, and a browser in front of it."""
    settings = find_settings(folder / "studybell.toml")
    async with open_app(settings, SystemClock()) as app:
        transport = httpx.ASGITransport(app=app.site)
        async with httpx.AsyncClient(transport=transport, base_url=BASE, follow_redirects=True) as browser:
            yield app, browser


async def test_an_edit_that_waits_is_published_from_the_desk(season: Path, studybell: Call) -> None:  # noqa: F811
    document = season / "season.md"
    document.write_text(HEAD + "".join(ROWS), "utf-8")
    async with service(season) as (app, browser):
        document.write_text(HEAD + "".join(ROWS[:5]), "utf-8")
        for _ in range(2):  # a file is read once it is seen unchanged
            await app.worker.do_once()
        page = (await browser.post(studybell("admin-link").out.strip())).text
        assert "Topic 9" in page

        await browser.post(ACCEPT, data=find_fields((await browser.get("/desk?lang=en")).text, ACCEPT))
        await app.worker.do_once()

        assert (await browser.get("/season.ics")).text.count("STATUS:CANCELLED") == 5
        assert "The document is fine." in (await browser.get("/desk?lang=en")).text


async def test_a_restart_forgets_neither_a_fetch_nor_an_open_desk(season: Path, studybell: Call) -> None:  # noqa: F811
    async with service(season) as (_, browser):
        await browser.get("/season.ics", headers={"User-Agent": "Google-Calendar-Importer"})
        page = (await browser.post(studybell("admin-link").out.strip() + "?lang=en")).text
        assert "Google Calendar" in page
        cookies = browser.cookies

    async with service(season) as (_, browser):
        browser.cookies = cookies
        page = (await browser.get("/desk?lang=en")).text

    assert "Google Calendar" in page
