"""Signing: whose keys the mails of an installation are signed with."""

from email.utils import parseaddr

from service.clock import Clock
from service.delivery.signing import Signer, SigningTransport
from service.delivery.signing_key import SigningKey
from service.delivery.transport import Transport
from service.settings.loading import SettingsTrouble
from service.settings.values import Settings

__all__ = ["choose_signer", "sign_on"]


def sign_on(transport: Transport, settings: Settings, clock: Clock) -> Transport:
    """A way out on which every mail is signed, if there is a key. Raises `SettingsTrouble` as `choose_signer` does."""
    signer = choose_signer(settings)
    return SigningTransport(transport, signer, clock.now) if signer else transport


def choose_signer(settings: Settings) -> Signer | None:
    """Who signs mails for the sender's domain, if anybody does. Raises `SettingsTrouble` for keys that cannot."""
    domain = parseaddr(settings.mail.sender)[1].rpartition("@")[2]
    try:
        keys = [SigningKey.read(selector, file) for selector, file in settings.mail.dkim]
    except ValueError as error:
        raise SettingsTrouble([f"mail.dkim: {error}"]) from None
    return Signer(domain, keys) if keys else None
