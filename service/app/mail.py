"""Mail: the courier, with the transport and the stationery that the settings ask for."""

from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from service.app.store import Store
from service.clock import Clock
from service.delivery.composing import Composer
from service.delivery.courier import Courier
from service.delivery.maildir import MaildirTransport
from service.delivery.relay import Relay, Security
from service.delivery.settling import Doubtful
from service.delivery.smtp import SmtpTransport
from service.delivery.transport import Transport
from service.messages.catalog import Catalogs
from service.messages.stationery import Sender, Stationery
from service.resources import TEMPLATES, read_catalogs, read_texts
from service.schedule.series import Series
from service.schedule.version import Version
from service.settings.loading import SettingsTrouble
from service.settings.values import Settings
from service.web.shelf import Shelf

__all__ = ["employ_courier", "mailbox_folder"]


def mailbox_folder(settings: Settings) -> Path:
    """Where the embedded mailbox keeps its mails."""
    return settings.data_dir / "mailbox"


def employ_courier(settings: Settings, store: Store, shelf: Shelf, clock: Clock) -> Courier:
    mail = settings.mail
    name, address = parseaddr(mail.sender)
    stationery = Stationery(
        read_texts(TEMPLATES / "email"),
        Catalogs(read_catalogs("mail")),
        Sender(address, name, mail.reply_to),
        base_url=settings.base_url,
        overrides=read_texts(mail.templates) if mail.templates else {},
    )

    def look_up(slug: str, uid: str) -> tuple[Series, Version | None] | None:
        published = shelf.published(slug)
        if published is None:
            return None
        return published.series, next((one for one in published.versions if one.uid == uid), None)

    host = urlsplit(settings.base_url).hostname or "localhost"
    composer = Composer(stationery, store.keys, look_up, base_url=settings.base_url, domain=host, sender=address)
    return Courier(
        store.database,
        _choose_transport(settings, host),
        composer,
        now=clock.now,
        connections=mail.connections,
        rate_per_minute=mail.rate_per_minute,
        doubtful=Doubtful(mail.doubtful),
    )


def _choose_transport(settings: Settings, local_hostname: str) -> Transport:
    mail = settings.mail
    if mail.transport == "mailbox":
        return MaildirTransport(mailbox_folder(settings))
    try:
        relay = Relay(
            host=mail.host,
            port=mail.port,
            security=Security(mail.security),
            local_hostname=local_hostname,
            username=mail.username,
            password=mail.password,
        )
    except ValueError as error:
        raise SettingsTrouble([f"mail: {error}"]) from None
    return SmtpTransport(relay)
