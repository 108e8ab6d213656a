"""Thunderbird with a new profile and one calendar, subscribed to or its own, without a window on any screen."""

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

__all__ = ["THUNDERBIRD", "Thunderbird", "receiving", "subscribing"]

THUNDERBIRD: Final = shutil.which("thunderbird")

_START: Final = timedelta(seconds=60)
_ID: Final = "5b0f5cf0-0000-4000-8000-000000000001"
_Preferences = dict[str, str | int]

_PREFERENCES: Final[_Preferences] = {
    f"calendar.registry.{_ID}.name": "season",
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

_SUBSCRIPTION: Final[_Preferences] = {
    f"calendar.registry.{_ID}.type": "ics",
    f"calendar.registry.{_ID}.cache.enabled": True,
}
_OWN: Final[_Preferences] = {
    f"calendar.registry.{_ID}.type": "storage",
    f"calendar.registry.{_ID}.uri": "moz-storage-calendar://",
    f"calendar.registry.{_ID}.imip.identity.key": "id1",
    "mail.accountmanager.accounts": "account1",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.account.account1.identities": "id1",
    "mail.account.account1.server": "server1",
    "mail.identity.id1.fullName": "Reader",
    "mail.server.server1.hostname": "Local Folders",
    "mail.server.server1.name": "Local Folders",
    "mail.server.server1.type": "none",
    "mail.server.server1.userName": "nobody",
}

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
_RECEIVE: Final = (
    _CALENDAR
    + """
    const [ics, method, sender] = given;
    const item = Cc["@mozilla.org/calendar/itip-item;1"].createInstance(Ci.calIItipItem);
    item.init(ics);
    item.isSend = false;
    item.sender = sender;
    item.autoResponse = Ci.calIItipItem.NONE;
    item.receivedMethod = method;
    item.targetCalendar = calendar;
    const offered = new Promise((resolve) => cal.itip.processItipItem(item, (_, status, action) => resolve(action)));
    const action = await offered;
    if (action) {
        await new Promise((resolve, reject) => {
            const onOperationComplete = (_, status, ...more) =>
                Components.isSuccessCode(status) ? resolve() : reject(new Error(`${status} ${more}`));
            const listener = { QueryInterface: ChromeUtils.generateQI(["calIOperationListener"]), onOperationComplete };
            action(listener, method == "REQUEST" ? "ACCEPTED" : null, { responseMode: Ci.calIItipItem.NONE });
        });
    }
    cal.itip.cleanupItipItem(item);
    return action ? action.method : "";
"""
)
_SEQUENCES: Final = (
    _CALENDAR
    + """
    const items = await calendar.getItemsAsArray(Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null);
    return Object.fromEntries(items.map((item) => [item.id, cal.itip.getSequence(item)]));
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

    async def receive(self, invitation: bytes, method: str, sender: str) -> str:
        """Take up what a mail from `sender` brought, as its reader would who says yes to what is offered.

        What was offered, like `REQUEST`, `REQUEST:UPDATE` or `CANCEL`; empty if there was nothing to do.
        """
        return str(await self.inside.run(_RECEIVE, invitation.decode(), method, sender))

    async def read_sequences(self) -> dict[str, int]:
        """The SEQUENCE that it knows of each event, by uid."""
        return dict(await self.inside.run(_SEQUENCES))


@asynccontextmanager
async def subscribing(url: str, folder: Path) -> AsyncIterator[Thunderbird]:
    """Start Thunderbird with a profile in `folder` that subscribes to `url`; it is ended at the end."""
    async with _running(folder, _SUBSCRIPTION | {f"calendar.registry.{_ID}.uri": url}) as thunderbird:
        yield thunderbird


@asynccontextmanager
async def receiving(address: str, folder: Path) -> AsyncIterator[Thunderbird]:
    """Start Thunderbird with a profile in `folder` of somebody who gets mail at `address` and has an empty calendar."""
    async with _running(folder, _OWN | {"mail.identity.id1.useremail": address}) as thunderbird:
        yield thunderbird


@asynccontextmanager
async def _running(folder: Path, preferences: _Preferences) -> AsyncIterator[Thunderbird]:
    profile = folder / "profile"
    profile.mkdir(parents=True)
    wanted = _PREFERENCES | preferences
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
