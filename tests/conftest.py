"""What tests of several rooms need: a real browser, long tests first, and reports that one process can tell another."""

import os
import shutil
from collections.abc import AsyncIterator, Generator
from typing import Final

import pytest
from playwright.async_api import Browser, async_playwright

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real browser; without one the test is skipped, but not where everything must be there."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("there is no chromium on this machine")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        await opened.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every process of pytest-xdist begin with a share of the slow tests, so that none waits for one in the end.

    Work stealing deals out the list in as many pieces as there are processes, and takes from the pieces' ends later.
    """
    slow = [item for item in items if item.get_closest_marker("slow")]
    quick = [item for item in items if not item.get_closest_marker("slow")]
    items.clear()
    for pieces in range(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")), 0, -1):
        begins = len(slow) // pieces
        goes_on = (len(slow) + len(quick)) // pieces - begins
        items += slow[:begins] + quick[:goes_on]
        del slow[:begins], quick[:goes_on]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test has logged may hold half characters, on purpose; between processes go whole ones only."""
    report = yield
    report.sections = [(title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections]
    return report
