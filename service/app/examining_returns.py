"""Examining what comes back: whether the mailbox for it can be read, and what the mails in it said of us."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Final

from service.app.finding import Finding, Grade, Installation
from service.app.returns import choose_inbox
from service.delivery.inbox import Inbox, InboxTrouble
from service.store.bounces import is_about_us, list_since

__all__ = ["examine_returns"]

_LATELY: Final = timedelta(days=7)


async def examine_returns(installation: Installation) -> list[Finding]:
    """Whether the mailbox can be read, and other mail servers think well of us. Raises `SettingsTrouble`."""
    bounces = installation.settings.bounces
    if not bounces.address:
        return []
    inbox = choose_inbox(installation.settings)
    return [await _try(inbox, bounces.address), *await _tell_refusals(installation)]


async def _try(inbox: Inbox | None, address: str) -> Finding:
    if inbox is None:
        return Finding(Grade.OK, "bounces", f"what comes to {address} is to be piped to `studybell bounce`")
    try:
        await asyncio.to_thread(inbox.probe)
    except InboxTrouble as trouble:
        return Finding(Grade.WRONG, "bounces", str(trouble), "check the settings in [bounces]")
    return Finding(Grade.OK, "bounces", f"the mailbox {inbox.username} at {inbox.host} can be read")


async def _tell_refusals(installation: Installation) -> list[Finding]:
    since = installation.clock.now() - _LATELY
    lately = await installation.store.database.read(partial(list_since, since=since))
    said = [one.said or one.status for one in lately if is_about_us(one.status)]
    if not said:
        return []
    words = f"{len(said)} mails came back within a week because of their sender, the last with: {said[-1]}"
    return [Finding(Grade.WARNING, "bounces", words, "see that SPF, DKIM and DMARC are set up for your sender")]
