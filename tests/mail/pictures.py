"""Pictures of every mail as a browser shows it, on a phone and a desk, light and dark: to look at.

`python -m tests.mail.pictures DIR` makes them.
"""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import Browser, async_playwright

from tests.conftest import CHROMIUM, QUIET
from tests.mail.letters import LETTERS, Written

__all__ = ["SCHEMES", "WIDTHS", "picture"]

WIDTHS: Final = {"phone": 375, "desk": 800}
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


async def picture(browser: Browser, mails: Iterable[Written], folder: Path) -> None:
    """Put pictures of the mails into a folder, and their texts beside them."""
    for place, width in WIDTHS.items():
        page = await browser.new_page(viewport={"width": width, "height": 600})
        for mail in mails:
            (folder / f"{mail}.txt").write_bytes(mail.text.encode())
            await page.set_content(mail.html)
            for scheme in SCHEMES:
                await page.emulate_media(color_scheme=scheme)
                await page.screenshot(path=folder / f"{mail}.{place}-{scheme}.png", full_page=True)
        await page.close()


async def _picture_all(folder: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        await picture(browser, LETTERS, folder)
        await browser.close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case [folder]:
            Path(folder).mkdir(parents=True, exist_ok=True)
            asyncio.run(_picture_all(Path(folder)))
        case _:
            sys.exit("usage: python -m tests.mail.pictures DIR")
