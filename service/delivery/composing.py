"""Composing: from a delivery of the ledger to the envelope that leaves, by the schedule as it is now."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Final

from service.delivery.envelope import Envelope
from service.messages.compose import compose
from service.messages.letter import Addressee, Letter
from service.messages.message import (
    Confirmation,
    Known,
    Message,
    Notice,
    NoticeKind,
    Reminder,
    SourceBroken,
    SourceHealed,
)
from service.messages.message_id import message_id
from service.messages.stationery import Stationery
from service.schedule.series import Series
from service.schedule.session import When
from service.schedule.version import Version
from service.store.keys import Keys, Purpose
from service.store.ledger import TO_ORGANISER, Delivery, Kind

__all__ = ["Composer", "Lookup", "Organiser"]

_log: Final = logging.getLogger(__name__)
_LETTERS: Final = 256
_LINKS: Final = {
    "confirm_url": Purpose.CONFIRM,
    "preferences_url": Purpose.PREFERENCES,
    "unsubscribe_url": Purpose.UNSUBSCRIBE,
}

Lookup = Callable[[str, str], tuple[Series, Version | None] | None]
"""Finds a series by its slug and in it the session with a uid, as they are published now."""


@dataclass(frozen=True, slots=True)
class _Occasion:
    """What deliveries with the same words have in common."""

    message: Message
    language: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Organiser:
    """Who is told when something is wrong, and in which language."""

    address: str
    language: str


class Composer:
    """Writes the mail of a delivery. Letters are worded once for all who get the same words."""

    def __init__(
        self,
        stationery: Stationery,
        keys: Keys,
        lookup: Lookup,
        *,
        base_url: str,
        domain: str,
        sender: str,
        organiser: Organiser | None = None,
    ) -> None:
        """`sender` is the envelope's address, `domain` the host of Message-IDs."""
        self._keys = keys
        self._lookup = lookup
        self._base_url = base_url
        self._domain = domain
        self._sender = sender
        self._organiser = organiser
        self._write = lru_cache(_LETTERS)(partial(_write_letter, stationery))

    def compose(self, delivery: Delivery, now: datetime) -> Envelope:
        """The mail for `delivery`, sent at `now`. Raises `ValueError` if it cannot be written."""
        found = self._lookup(delivery.series, delivery.session)
        if found is None:
            raise ValueError(f'the series "{delivery.series}" is no longer in the settings')
        if delivery.kind in TO_ORGANISER:
            delivery = self._direct(delivery, found[0])
        message = _word(delivery, *found, now.replace(second=0, microsecond=0))
        letter = self._write(_Occasion(message, delivery.language, delivery.timezone))
        content = letter.address(self._addressee(delivery, letter), sent_at=now)
        return Envelope(self._sender, delivery.address, content)

    def _direct(self, delivery: Delivery, series: Series) -> Delivery:
        """The delivery with the organiser's address, who reads the times of the series."""
        if self._organiser is None:
            raise ValueError("there is no organizer in the settings any more")
        to = self._organiser
        return replace(delivery, address=to.address, language=to.language, timezone=series.timezone)

    def _addressee(self, delivery: Delivery, letter: Letter) -> Addressee:
        links = {field: self._link(purpose, delivery) for field, purpose in _LINKS.items() if field in letter.fields}
        message = message_id(self._keys.secret, delivery.key, self._domain)
        return Addressee(email=delivery.address, name=delivery.name, message_id=message, **links)

    def _link(self, purpose: Purpose, delivery: Delivery) -> str:
        token = self._keys.token(purpose, delivery.participant_id, delivery.generation)
        return f"{self._base_url}/{purpose}/{token}"


def _write_letter(stationery: Stationery, occasion: _Occasion) -> Letter:
    letter = compose(occasion.message, stationery, language=occasion.language, timezone=occasion.timezone)
    for problem in letter.problems:
        _log.error("template %s; the bundled one was used", problem)
    return letter


def _word(delivery: Delivery, series: Series, version: Version | None, now: datetime) -> Message:
    """What a delivery has to say, by the schedule as it is published now."""
    match delivery.kind:
        case Kind.CONFIRMATION:
            return Confirmation(series=series)
        case Kind.KNOWN:
            return Known(series=series)
        case Kind.SOURCE_BROKEN | Kind.EDIT_WAITS:
            waits = delivery.kind is Kind.EDIT_WAITS
            return SourceBroken(series=series, trouble=delivery.note, since=delivery.starts_at, waits=waits)
        case Kind.SOURCE_HEALED:
            return SourceHealed(series=series)
    if version is None:
        raise ValueError(f"session {delivery.session} is no longer in the schedule")
    if delivery.kind in (Kind.REMINDER, Kind.SPEAKER):
        speaking = delivery.kind is Kind.SPEAKER
        return Reminder(series=series, version=version, rule=delivery.rule, now=now, speaking=speaking)
    before = _as_told(version, delivery.told_at)
    return Notice(kind=NoticeKind(delivery.kind), series=series, version=version, before=before)


def _as_told(version: Version, told_at: datetime | None) -> Version | None:
    """The session as the reader knew it: at the time that the last mail named."""
    when = version.session.when
    if told_at is None or when is None or told_at == when.starts:
        return None
    starts = told_at.astimezone(when.starts.tzinfo)
    told = When(starts, starts + (when.ends - when.starts), when.all_day)
    return replace(version, session=replace(version.session, when=told))
