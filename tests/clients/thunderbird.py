"""Thunderbird with a new profile that subscribes to one calendar, without a window on any screen."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from tests.clients.marionette import Marionette, driving
from tests.feed.reading import Reading

__all__ = ["THUNDERBIRD", "Thunderbird", "subscribing"]

THUNDERBIRD: Final = shutil.which("thunderbird")

_START: Final = timedelta(seconds=60)
_ID: Final = "5b0f5cf0-0000-4000-8000-000000000001"
_PREFERENCES: Final[dict[str, str | int]] = {
    f"calendar.registry.{_ID}.type": "ics",
    f"calendar.registry.{_ID}.name": "season",
    f"calendar.registry.{_ID}.cache.enabled": True,
    f"calendar.registry.{_ID}.calendar-main-in-composite": True,
    f"calendar.registry.{_ID}.color": "#2e7d32",
    "calendar.list.sortOrder": _ID,
    "calendar.timezone.useSystemTimezone": False,
    "calendar.timezone.local": "Asia/Seoul",
    "marionette.port": 0,
    # It is to ask nobody but the service.
    "app.donation.eoy.version.viewed": 999,
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "mail.instrumentation.postUrl": "",
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.shell.checkDefaultClient": False,
    "mailnews.start_page.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}  # fmt: skip

_CALENDAR: Final = """
    const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
    const [calendar] = cal.manager.getCalendars();
"""
_REFRESH: Final = (
    _CALENDAR
    + """
    const loaded = new Promise((resolve) => {
        const observer = new Proxy({}, {
            get: (_, name) =>
                name == "QueryInterface" ? ChromeUtils.generateQI(["calIObserver"])
                : name == "onLoad" ? () => { calendar.removeObserver(observer); resolve(); }
                : () => {},
        });
        calendar.addObserver(observer);
    });
    calendar.refresh();
    await loaded;
"""
)
_READ: Final = (
    _CALENDAR
    + """
    const instant = (time) => new Date(time.nativeTime / 1e3).toISOString().replace(".000Z", "Z");
    const write = (time) => (time.isDate ? cal.dtz.toRFC3339(time) : instant(time));
    const every = Ci.calICalendar.ITEM_FILTER_ALL_ITEMS;
    return (await calendar.getItemsAsArray(every, 0, null, null)).map((item) => ({
        uid: item.id,
        title: item.title,
        place: item.getProperty("LOCATION") ?? "",
        status: item.status,
        start: write(item.startDate),
        end: write(item.endDate),
    }));
"""
)
_DISCOVER: Final = """
    const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
    const found = await cal.provider.detection.detect("", "", given[0], false, [], {});
    const tell = ([provider, calendars]) => calendars.map((one) => [provider.type, one.name, one.uri.spec]);
    return [...found].flatMap(tell);
"""


@dataclass(frozen=True, slots=True)
class Thunderbird:
    """A running Thunderbird."""

    inside: Marionette

    async def refresh(self) -> None:
        """Synchronise, as its button does, and wait until it has loaded something."""
        await self.inside.run(_REFRESH)

    async def discover(self, url: str) -> list[list[str]]:
        """What it offers to somebody who adds a calendar and pastes `url`: for each, its kind, name and address."""
        return list(await self.inside.run(_DISCOVER, url))

    async def read(self, expected: list[Reading]) -> list[Reading]:
        """The events that it holds; those that are `expected` as soon as it does, which may take a moment."""
        for _ in range(100):
            found = sorted(Reading(**item) for item in await self.inside.run(_READ))
            if found == expected:
                break
            await asyncio.sleep(0.1)
        return found


@asynccontextmanager
async def subscribing(url: str, folder: Path) -> AsyncIterator[Thunderbird]:
    """Start Thunderbird with a profile in `folder` that subscribes to `url`; it is ended at the end."""
    profile = folder / "profile"
    profile.mkdir(parents=True)
    wanted = _PREFERENCES | {f"calendar.registry.{_ID}.uri": url}
    (profile / "user.js").write_text("".join(f"user_pref({_js(k)}, {_js(v)});\n" for k, v in wanted.items()))
    with (folder / "thunderbird.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            str(THUNDERBIRD), "--headless", "--marionette", "--remote-allow-system-access", "--no-remote",
            "--profile", str(profile), "-calendar",
            env={**os.environ, "HOME": str(folder)},
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        async with driving(await asyncio.wait_for(_find_port(profile), _START.total_seconds())) as inside:
            yield Thunderbird(inside)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _find_port(profile: Path) -> int:
    """The port that it chose, once it has written it down."""
    file = profile / "MarionetteActivePort"
    while not file.exists() or not file.read_text():  # noqa: ASYNC110 (nothing tells of it)
        await asyncio.sleep(0.1)
    return int(file.read_text())


def _js(value: str | int) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)
