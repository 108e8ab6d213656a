"""Every mail fits a phone and a desk in a real browser, loads nothing, and can be read in light and in dark."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.mail.letters import LETTERS, Written, write
from tests.mail.longest import write_longest
from tests.mail.pictures import SCHEMES, WIDTHS, picture

pytestmark = pytest.mark.browser

# The least contrast of words to what they stand on (WCAG 2.2, 1.4.3: 4.5), over all of a page.
CONTRAST = """() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const colour = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [red, green, blue, alpha = 1] = colour(getComputedStyle(at).backgroundColor);
      if (alpha > 0) return [red, green, blue];
    }
    return [255, 255, 255];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least = 21;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
    const lights = [light(colour(getComputedStyle(element).color)), light(ground(element))];
    const [dark, bright] = lights.sort((a, b) => a - b);
    least = Math.min(least, (bright + 0.05) / (dark + 0.05));
  }
  return least;
}"""


def _list_longest() -> Iterable[Written]:
    for language in ("en", "ko"):
        for name, letter in write_longest(language):
            yield write(f"{name}-longest", language, letter)


def _list_kinds(folder: Path) -> list[str]:
    return sorted(file.suffix for file in folder.iterdir())


async def test_every_mail_fits_and_loads_nothing(browser: Browser) -> None:
    page = await browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    too_wide = []
    for mail in (*LETTERS, *_list_longest()):
        await page.set_content(mail.html)
        for place, width in WIDTHS.items():
            await page.set_viewport_size({"width": width, "height": 600})
            if await page.evaluate("document.documentElement.scrollWidth") > width:
                too_wide.append(f"{mail} {place}")

    assert too_wide == []
    assert asked == []


async def test_words_stand_out_in_light_and_dark(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": WIDTHS["phone"], "height": 600})
    contrasts = {}
    for mail in LETTERS:
        await page.set_content(mail.html)
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            contrasts[f"{mail} {scheme}"] = await page.evaluate(CONTRAST)

    assert {name: contrast for name, contrast in contrasts.items() if contrast < 4.5} == {}


async def test_pictures_are_made_to_look_at(browser: Browser, tmp_path: Path) -> None:
    await picture(browser, LETTERS[:1], tmp_path)

    assert _list_kinds(tmp_path) == [".png"] * len(WIDTHS) * len(SCHEMES) + [".txt"]
