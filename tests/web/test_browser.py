"""The pages in a real browser: what fits, what is seen first, and that no script is needed."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import pytest
import uvicorn
from playwright.async_api import Browser, Page, async_playwright

from service.schedule.session import Session, When
from service.schedule.version import Revision
from service.store.keys import Purpose
from service.store.participants import State
from service.web.parts import Parts
from service.web.shelf import Shelf
from service.web.site import build_site
from tests.web import desk_scene
from tests.web.conftest import Watch
from tests.web.people import SLUG, join, link, list_people
from tests.web.season import make_season, make_series, make_version

pytestmark = pytest.mark.browser

_CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_QUIET: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE, DESK = (390, 844), (1280, 800)
_NAMELESS: Final = """[...document.querySelectorAll('a, button, input:not([type=hidden]), select, iframe')].filter(e =>
    !(e.getAttribute('aria-label') || e.title || e.textContent.trim() || (e.labels && e.labels.length)))
    .map(e => e.outerHTML)"""
_SMALL: Final = """[...document.querySelectorAll('button, .button, input:not([type=hidden]), select')].filter(e =>
    !e.closest('.trap') && e.getBoundingClientRect().height < (e.type === 'checkbox' ? 18 : 40))
    .map(e => e.outerHTML)"""


@dataclass(frozen=True)
class Place:
    """A running site and its address."""

    parts: Parts
    base: str


@pytest.fixture
async def place(parts: Parts, watch: Watch) -> AsyncIterator[Place]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        shelf = Shelf()
        starts = watch.now() + timedelta(days=9)
        long = Session(title="Donaudampfschifffahrt" * 20, when=When(starts, starts + timedelta(hours=2)))
        revision = Revision(versions=(*make_season(), make_version(99, long)), changes=(), minted=99)
        shelf.put(make_series(url=f"{base}/{SLUG}"), revision, now=watch.now())
        here = replace(parts, shelf=shelf, base_url=base)
        server = uvicorn.Server(uvicorn.Config(build_site(here), log_level="warning", lifespan="off", ws="none"))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        yield Place(here, base)
        server.should_exit = True
        await asyncio.wait_for(running, 10)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if _CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("there is no chromium on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_CHROMIUM, args=_QUIET)
        yield browser
        await browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [PHONE, DESK])
async def test_the_next_session_is_seen_first_and_all_of_it_fits(
    browser: Browser, place: Place, width: int, height: int, scheme: str
) -> None:
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = await context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{place.base}/{SLUG}?lang=en")

    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    for words in ("#next-title", ".hero .when time", ".hero .button"):
        assert await _stands_in_view(page, words)
    assert complaints == []
    assert all(url.startswith(place.base) for url in asked)
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(20, 22, 27)") == (scheme == "dark")
    await context.close()


async def test_a_person_with_a_keyboard_and_no_scripts_comes_and_goes(
    browser: Browser, place: Place, watch: Watch
) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{place.base}/{SLUG}?lang=en")
    await page.keyboard.press("Tab")
    assert await _stands_in_view(page, ".skip")
    await page.get_by_label("E-mail address").fill("reader@example.org")
    await page.get_by_label("Your time zone").select_option("Europe/Berlin")
    watch.turn(timedelta(seconds=20))
    await page.get_by_label("E-mail address").press("Enter")
    await page.get_by_role("heading", name="Check your inbox").wait_for()
    [person] = await list_people(place.parts)
    assert (person.address, person.timezone, person.state) == ("reader@example.org", "Europe/Berlin", State.PENDING)

    await page.goto(place.base + link(place.parts, Purpose.CONFIRM, person) + "?lang=en")
    watch.turn(timedelta(seconds=1))
    await page.get_by_role("button", name="Yes, remind me").click()
    await page.get_by_role("link", name="Choose when you are reminded").click()
    await page.get_by_label("3 days before").check()
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("Saved.").wait_for()
    assert [person.leads for person in await list_people(place.parts)] == ["3d"]

    await page.get_by_role("button", name="Unsubscribe").click()
    await page.get_by_role("button", name="Undo: remind me again").click()
    await page.get_by_role("heading", name="You are registered again").wait_for()
    assert [person.state for person in await list_people(place.parts)] == [State.CONFIRMED]
    await context.close()


async def test_every_field_and_link_can_be_named(browser: Browser, place: Place) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.goto(f"{place.base}/{SLUG}?lang=en")

    assert await page.evaluate(_NAMELESS) == []
    assert await page.evaluate(_SMALL) == []
    assert await page.locator("h1").count() == 1
    await context.close()


async def _stands_in_view(page: Page, selector: str) -> bool:
    box = await page.locator(selector).first.bounding_box()
    size = page.viewport_size
    assert size is not None
    return box is not None and box["x"] >= 0 and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


@pytest.mark.parametrize(("size", "language"), [(PHONE, "ko"), (DESK, "en")])
async def test_everything_about_ones_reminders_fits_can_be_named_and_reached(
    browser: Browser, place: Place, watch: Watch, size: tuple[int, int], language: str
) -> None:
    revision = Revision(versions=make_season(3), changes=(), minted=3)
    for slug in ("other", "third"):
        place.parts.shelf.put(make_series(slug=slug, title="Donaudampfschiff" * 9), revision, now=watch.now())
    path = link(place.parts, Purpose.PREFERENCES, await join(place.parts))
    await join(place.parts, "other")
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(f"{place.base}{path}?lang={language}")
    closed = await page.locator("details[open]").count()
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    assert closed == 0
    assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert await page.evaluate(_NAMELESS) == []
    assert await page.evaluate(_SMALL) == []
    assert await page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == (
        await page.locator("[id]").count()
    )
    assert complaints == []
    await context.close()


async def test_a_person_pauses_goes_on_and_joins_without_scripts(browser: Browser, place: Place, watch: Watch) -> None:
    revision = Revision(versions=make_season(3), changes=(), minted=3)
    place.parts.shelf.put(make_series(slug="other", title="Another season"), revision, now=watch.now())
    path = link(place.parts, Purpose.PREFERENCES, await join(place.parts))
    context = await browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{place.base}{path}")

    await page.get_by_text("Pause until a day").click()
    await page.get_by_label("The first day with reminders again").fill("2024-03-01")
    await page.get_by_role("button", name="Pause", exact=True).click()
    await page.get_by_text("when reminders come again").wait_for()
    await page.get_by_role("button", name="Go on now").click()
    await page.get_by_text("Saved.").wait_for()
    await page.get_by_text("Register for one more").click()
    await page.get_by_role("button", name="Register: Another season").click()
    await page.get_by_text("Another season").click()
    await page.get_by_role("button", name="Unsubscribe from this series").click()
    await page.get_by_role("heading", name="You get no more mail").wait_for()

    states = {person.series: person.state for person in await list_people(place.parts)}
    assert states == {SLUG: State.CONFIRMED, "other": State.UNSUBSCRIBED}
    await context.close()


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")])
async def test_what_one_chooses_is_in_the_address_to_subscribe_to(
    browser: Browser, place: Place, size: tuple[int, int], scheme: str
) -> None:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(f"{place.base}/{SLUG}?lang=en")
    await page.get_by_role("link", name="윤솔").first.click()
    await page.get_by_label("Alarm of the calendar").select_option("30m")
    await page.get_by_role("button", name="Show the address").click()
    await page.get_by_text("This calendar has what you chose below.").wait_for()

    address = await page.locator("code.address").text_content()
    assert address == f"{place.base}/{SLUG}.ics?speaker=%EC%9C%A4%EC%86%94&alarm=30m"
    assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert await page.locator(".qr svg").is_visible() == (size == DESK)
    assert complaints == []
    feed = await context.request.get(address)
    assert (feed.status, (await feed.text()).count("BEGIN:VEVENT")) == (200, 2)
    await context.close()


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")])
async def test_the_organiser_works_at_the_desk_without_scripts(
    browser: Browser, place: Place, size: tuple[int, int], scheme: str
) -> None:
    await desk_scene.fill_desk(place.parts)
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=False,
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(f"{place.base}{await desk_scene.fetch_link(place.parts)}?lang=en")
    await page.get_by_role("button", name="Open the desk").click()
    await page.get_by_role("heading", name="The organiser's desk").wait_for()
    [cookie] = await context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")

    await page.get_by_role("button", name="Accept").click()
    await page.get_by_text("Accepted. The edit is published within seconds.").wait_for()
    await page.get_by_role("button", name="Try again").first.click()
    await page.get_by_text("It is tried again now.").wait_for()
    widest = page.locator("main")
    box = await widest.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= size[0]
    for button in await page.locator("button").all():
        shape = await button.bounding_box()
        assert shape is not None
        assert shape["height"] >= 40
        assert shape["x"] + shape["width"] <= size[0]

    await page.get_by_role("button", name="Close the desk").click()
    await page.get_by_role("heading", name="The desk is closed").wait_for()
    await page.goto(f"{place.base}/desk?lang=en")
    await page.get_by_role("heading", name="The desk is closed").wait_for()
    assert await context.cookies() == []
    assert [text for text in complaints if "403" not in text] == []
    await context.close()
