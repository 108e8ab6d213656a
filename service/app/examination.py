"""Examination: everything that can be wrong with an installation is looked at, and nothing is changed or sent."""

import asyncio
from typing import Final
from urllib.parse import urlsplit

from service.app.examining_feeds import examine_feeds
from service.app.examining_records import examine_records
from service.app.examining_returns import examine_returns
from service.app.examining_sources import examine_sources
from service.app.examining_store import examine_clock, examine_database, examine_disk, examine_ledger, examine_sending
from service.app.finding import Check, Finding, Grade, Installation
from service.app.mail import choose_transport
from service.app.store import open_store
from service.clock import Clock
from service.delivery.settling import tell
from service.delivery.transport import Unreachable
from service.remediable import Remediable
from service.settings.values import Mail, Settings

__all__ = ["CHECKS", "examine"]

_PATIENCE_SECONDS: Final = 20
_UNCHANGED: Final = Mail().sender


async def examine(settings: Settings, clock: Clock) -> list[Finding]:
    """What all `CHECKS` find. What is wrong with one keeps none of the others from looking."""
    try:
        with open_store(settings) as store:
            installation = Installation(settings, store, clock)
            return [one for check in CHECKS for one in await _look(check, installation)]
    except (Remediable, OSError) as trouble:
        return [Finding(Grade.WRONG, "database", str(trouble))]


async def _look(check: Check, installation: Installation) -> list[Finding]:
    try:
        return list(await check(installation))
    except (Remediable, OSError) as trouble:
        return [Finding(Grade.WRONG, check.__name__.removeprefix("examine_"), str(trouble))]


async def examine_settings(installation: Installation) -> list[Finding]:
    """Whether readers reach what mails link to, and somebody hears of trouble."""
    settings = installation.settings
    address = urlsplit(settings.base_url)
    slugs = ", ".join(one.slug for one in settings.series)
    found = [Finding(Grade.OK, "settings", f"{slugs} at {settings.base_url}")]
    if address.hostname in ("127.0.0.1", "localhost", "::1"):
        words = "links in mails and calendars lead to this machine only"
        found.append(Finding(Grade.WARNING, "base_url", words, "set `base_url` to the address that readers use"))
    elif address.scheme != "https":
        words = "links in mails can be read and changed on their way"
        found.append(Finding(Grade.WARNING, "base_url", words, "let a reverse proxy do HTTPS, and say https:// here"))
    if not settings.organizer:
        words = f"nobody is told when a schedule of {slugs} breaks or an edit waits"
        found.append(Finding(Grade.WARNING, "organizer", words, "set `organizer` to an address"))
    return found


async def examine_mail(installation: Installation) -> list[Finding]:
    """Whether the mail server takes us: connected, secured and logged in, but nothing is sent."""
    mail = installation.settings.mail
    if mail.transport == "mailbox":
        words = "mails are kept at /mailbox and not sent"
        return [Finding(Grade.WARNING, "mail", words, 'set `transport = "smtp"` in [mail] when all is tried')]
    name = f"{mail.host} port {mail.port}"
    found = []
    if mail.sender == _UNCHANGED:
        words = f"mails say that they are from {mail.sender}"
        found.append(Finding(Grade.WRONG, "sender", words, "set `sender` in [mail] to an address of yours"))
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            line = await choose_transport(installation.settings).connect()
            await line.close()
    except TimeoutError:
        words, advice = f"{name} says nothing", "check `host` and `port` in [mail], and that no firewall is in between"
        return [*found, Finding(Grade.WRONG, "mail", words, advice)]
    except Unreachable as trouble:
        words, advice = f"{name} does not take us: {tell(trouble.outcome)}", "check the settings in [mail]"
        return [*found, Finding(Grade.WRONG, "mail", words, advice)]
    whom = f" as {mail.username}" if mail.username else ""
    return [*found, Finding(Grade.OK, "mail", f"{name} takes us{whom} ({mail.security})")]


CHECKS: Final[tuple[Check, ...]] = (
    examine_settings,
    examine_database,
    examine_ledger,
    examine_sending,
    examine_disk,
    examine_clock,
    examine_mail,
    examine_records,
    examine_returns,
    examine_sources,
    examine_feeds,
)
