"""A season served on loopback to programs that are not ours, and everything that they ask for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from service.app.service import App, open_app
from service.clock import FastClock
from service.schedule.version import Version
from service.settings.loading import load_settings
from service.web.server import answer, listen
from tests.clients.overheard import Asked, overhearing
from tests.feed.reading import Reading, expect

__all__ = ["EDITED", "SEASON", "Served", "serving"]

SEASON = """# 논문 읽기 2024

| Date | Time | Topic | Speaker | Place |
|---|---|---|---|---|
| 2024-03-05 | 19:00-21:00 | 처음부터, 다시: 언어 모델 🎉 | 하늘 | 공학관 301호; 2층 |
| 2024-03-12 | 19:00-21:00 | Semicolons; commas, "quotes" and 50% | 바다 | |
| 2024-03-19 | 23:00-01:30 | 자정을 넘기는 모임 | Ada Example | |
| 2024-03-26 | 19:00-21:00 | 아주 긴 제목이 여러 줄로 접혀도 글자 하나 잃지 않고 그대로 읽혀야 합니다 | 하나 | |
| 2024-04-02 | 19:00-21:00 | ~~다음 이야기~~ | ~~바다~~ | |
"""
"""Five sessions in Seoul: one goes past midnight, the last is cancelled."""

EDITED = (
    SEASON.replace("2024-03-05 | 19:00-21:00", "2024-03-06 | 20:00-22:00")
    .replace("자정을 넘기는 모임", "이름이 바뀐 모임")
    .replace("~~", "")
)
"""One session moved, one is called something else, one takes place after all."""

_SETTINGS = """
base_url = "{url}"
data_dir = "var"
[[series]]
slug = "season"
source = "season.md"
timezone = "Asia/Seoul"
"""


@dataclass(frozen=True, slots=True)
class Served:
    """The running service: `url` is the feed's, `asked` has every request so far, the oldest first."""

    url: str
    app: App
    document: Path
    asked: list[Asked]

    async def edit(self, text: str) -> None:
        """Change the document, and have the service publish it."""
        self.document.write_text(text, "utf-8")
        for _ in range(2):  # a file is read once it was seen twice alike
            await self.app.worker.do_once()

    @property
    def versions(self) -> tuple[Version, ...]:
        """What is published now."""
        published = self.app.shelf.published("season")
        assert published
        return published.versions

    def expected(self) -> list[Reading]:
        """What every program should read now."""
        published = self.app.shelf.published("season")
        assert published
        return expect(published.series, published.versions)


@asynccontextmanager
async def serving(folder: Path, document: str = SEASON) -> AsyncIterator[Served]:
    """Serve `document` from `folder`, in the January before the season."""
    listener, asked, close = listen("127.0.0.1", 0), list[Asked](), asyncio.Event()
    async with overhearing(listener.getsockname()[1], asked) as port:
        url = f"http://127.0.0.1:{port}"
        (folder / "season.md").write_text(document, "utf-8")
        (folder / "studybell.toml").write_text(_SETTINGS.format(url=url), "utf-8")
        settings = load_settings(folder / "studybell.toml", {})
        async with open_app(settings, FastClock(datetime(2024, 1, 20, tzinfo=UTC), 1)) as app:
            answering = asyncio.create_task(answer(app.site, listener, close))
            try:
                yield Served(f"{url}/season.ics", app, folder / "season.md", asked)
            finally:
                close.set()
                await answering
