"""Mail: the courier, with the transport and the stationery that the settings ask for."""

import logging
from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Final

from service.app.publishing import announce_house
from service.app.returns import choose_returns
from service.app.store import Store
from service.clock import Clock
from service.delivery.composing import Composer, Lookup, Organiser
from service.delivery.courier import Courier
from service.delivery.maildir import MaildirTransport
from service.delivery.relay import Relay, Security
from service.delivery.settling import Doubtful
from service.delivery.smtp import SmtpTransport
from service.delivery.transport import Transport
from service.messages.catalog import Catalogs
from service.messages.programme import Programme
from service.messages.stationery import Sender, Stationery
from service.resources import TEMPLATES, read_catalogs, read_texts
from service.schedule.series import Series
from service.schedule.version import Version
from service.settings.loading import SettingsTrouble
from service.settings.values import Settings
from service.web.shelf import Shelf

__all__ = ["choose_transport", "employ_courier", "mailbox_folder", "prepare_stationery"]

_log: Final = logging.getLogger(__name__)


def mailbox_folder(settings: Settings) -> Path:
    """Where the embedded mailbox keeps its mails."""
    return settings.data_dir / "mailbox"


def prepare_stationery(settings: Settings) -> Stationery:
    """What mails are written on: the bundled templates, and the operator's before them."""
    mail = settings.mail
    name, address = parseaddr(mail.sender)
    return Stationery(
        read_texts(TEMPLATES / "email"),
        Catalogs(read_catalogs("mail")),
        Sender(address, name, parseaddr(mail.reply_to or settings.organizer)[1]),
        base_url=settings.base_url,
        overrides=read_texts(mail.templates) if mail.templates else {},
    )


def employ_courier(settings: Settings, store: Store, shelf: Shelf, clock: Clock) -> Courier:
    """Who delivers the mails. Raises `SettingsTrouble` for settings that do not go together."""
    mail = settings.mail
    return Courier(
        store.database,
        _sign_on(choose_transport(settings), settings, clock),
        _employ_composer(settings, store, shelf),
        settings.data_dir,
        now=clock.now,
        connections=mail.connections,
        rate_per_minute=mail.rate_per_minute,
        doubtful=Doubtful(mail.doubtful),
    )


def _employ_composer(settings: Settings, store: Store, shelf: Shelf) -> Composer:
    stationery = prepare_stationery(settings)
    for problem in stationery.problems:
        _log.error("template %s; the bundled one is used", problem)

    return Composer(
        stationery,
        store.keys,
        _look_up_on(shelf, announce_house(settings)),
        _Programmes(shelf, settings),
        base_url=settings.base_url,
        domain=settings.host,
        sender=parseaddr(settings.mail.sender)[1],
        returns=choose_returns(settings, store.keys),
        organiser=Organiser(parseaddr(settings.organizer)[1], settings.language) if settings.organizer else None,
    )


def _look_up_on(shelf: Shelf, house: Series) -> Lookup:
    indexes: dict[str, tuple[tuple[Version, ...], dict[str, Version]]] = {}

    def look_up(slug: str, uid: str) -> tuple[Series, Version | None] | None:
        if not slug:
            return house, None
        published = shelf.published(slug)
        if published is None:
            return None
        versions, index = indexes.get(slug, ((), {}))
        if versions is not published.versions:
            index = {version.uid: version for version in published.versions}
            indexes[slug] = published.versions, index
        return published.series, index.get(uid)

    return look_up


class _Programmes(Mapping[str, Programme]):
    """What is published on the shelf now, by slug."""

    def __init__(self, shelf: Shelf, settings: Settings) -> None:
        self._shelf = shelf
        self._rules = {one.slug: one.reminders for one in settings.series}

    def __getitem__(self, slug: str) -> Programme:
        published = self._shelf.published(slug)
        if published is None:
            raise KeyError(slug)
        return Programme(
            series=published.series,
            versions=published.versions,
            rules=self._rules[slug],
            stale_since=published.stale_since,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._shelf.slugs())

    def __len__(self) -> int:
        return len(self._shelf.slugs())


def _sign_on(transport: Transport, settings: Settings, clock: Clock) -> Transport:
    if not settings.mail.dkim:
        return transport
    # Cryptography is slow to import, and many let their relay sign.
    from service.app.signing import sign_on

    return sign_on(transport, settings, clock)


def choose_transport(settings: Settings) -> Transport:
    """The way out for mails that the settings name. Raises `SettingsTrouble` for ones that do not go together."""
    mail = settings.mail
    if mail.transport == "mailbox":
        return MaildirTransport(mailbox_folder(settings))
    try:
        relay = Relay(
            host=mail.host,
            port=mail.port,
            security=Security(mail.security),
            local_hostname=settings.host,
            username=mail.username,
            password=mail.password,
        )
    except ValueError as error:
        raise SettingsTrouble([f"mail: {error}"]) from None
    return SmtpTransport(relay)
