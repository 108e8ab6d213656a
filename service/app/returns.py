"""Returns: where mails come back to, and who reads what does."""

from service.app.store import Store
from service.clock import Clock
from service.delivery.inbox import Inbox
from service.delivery.relay import Security
from service.delivery.verp import Verp
from service.settings.loading import SettingsTrouble
from service.settings.values import Settings
from service.store.keys import Keys
from service.worker.collecting import Collector

__all__ = ["choose_returns", "employ_collector"]


def choose_returns(settings: Settings, keys: Keys) -> Verp | None:
    """The return addresses of mails, if the settings name a mailbox for them."""
    return Verp(settings.bounces.address, keys.secret) if settings.bounces.address else None


def employ_collector(settings: Settings, store: Store, clock: Clock) -> Collector | None:
    """Who empties that mailbox, if it is on a server. Raises `SettingsTrouble`."""
    verp, bounces = choose_returns(settings, store.keys), settings.bounces
    if verp is None or not bounces.host:
        return None
    try:
        inbox = Inbox(
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
    return Collector(store.database, inbox, verp, clock.now)
