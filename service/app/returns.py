"""Returns: where mails come back to, and who reads what does."""

from typing import TYPE_CHECKING

from service.app.store import Store
from service.clock import Clock
from service.delivery.relay import Security
from service.delivery.verp import Verp
from service.settings.loading import SettingsTrouble
from service.settings.values import Settings
from service.store.keys import Keys

if TYPE_CHECKING:  # what reads mail is slow to import, and only some have it read
    from service.delivery.inbox import Inbox
    from service.worker.collecting import Collector

__all__ = ["choose_inbox", "choose_returns", "employ_collector"]


def choose_returns(settings: Settings, keys: Keys) -> Verp | None:
    """The return addresses of mails, if the settings name a mailbox for them."""
    return Verp(settings.bounces.address, keys.secret) if settings.bounces.address else None


def choose_inbox(settings: Settings) -> "Inbox | None":
    """That mailbox, if it is on a server. Raises `SettingsTrouble`."""
    bounces = settings.bounces
    if not bounces.host:
        return None
    from service.delivery.inbox import Inbox

    try:
        return Inbox(
            host=bounces.host,
            port=bounces.port,
            security=Security(bounces.security),
            username=bounces.username,
            password=bounces.password,
            folder=bounces.folder,
            done=bounces.done,
        )
    except ValueError as error:
        raise SettingsTrouble([f"bounces: {error}"]) from None


def employ_collector(settings: Settings, store: Store, clock: Clock) -> "Collector | None":
    """Who empties it, if it is on a server. Raises `SettingsTrouble`."""
    verp, inbox = choose_returns(settings, store.keys), choose_inbox(settings)
    if verp is None or inbox is None:
        return None
    from service.worker.collecting import Collector

    return Collector(store.database, inbox, verp, clock.now)
