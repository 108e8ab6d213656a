"""Composing: from a delivery of the ledger to the envelope that leaves, by the schedule as it is now."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Final

from service.delivery.envelope import Envelope
from service.delivery.saying import Published, say
from service.delivery.verp import Verp
from service.messages.compose import compose
from service.messages.letter import Addressee, Letter
from service.messages.message import Message
from service.messages.message_id import message_id
from service.messages.programme import Programme
from service.messages.stationery import Stationery
from service.schedule.series import Series
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


_Cause = tuple[Kind, str, str, str, str, datetime]


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
        programmes: Mapping[str, Programme],
        *,
        base_url: str,
        domain: str,
        sender: str,
        returns: Verp | None = None,
        organiser: Organiser | None = None,
    ) -> None:
        """`programmes` is a view of everything that is published now, by slug.

        `domain` is the host of Message-IDs, `sender` the envelope's address, unless `returns` gives each its own.
        """
        self._keys = keys
        self._lookup = lookup
        self._programmes = programmes
        self._base_url = base_url
        self._domain = domain
        self._sender = sender
        self._returns = returns
        self._organiser = organiser
        self._write = lru_cache(_LETTERS)(partial(_write_letter, stationery))
        self._reminders: dict[_Cause, tuple[Series, Version | None, Letter]] = {}

    @property
    def has_organiser(self) -> bool:
        """Whether there is an organiser who can be told something."""
        return self._organiser is not None

    def compose(self, delivery: Delivery, now: datetime) -> Envelope:
        """The mail for `delivery`, sent at `now`. Raises `ValueError` if it cannot be written."""
        found = self._lookup(delivery.series, delivery.session)
        if found is None:
            raise ValueError(f'the series "{delivery.series}" is no longer in the settings')
        if delivery.kind in TO_ORGANISER:
            delivery = self._direct(delivery, found[0])
        letter = self._find_letter(delivery, *found, now.replace(second=0, microsecond=0))
        blocks = letter.address_in_blocks(self._addressee(delivery, letter), sent_at=now)
        sender = self._returns.return_address(delivery.id, now) if self._returns else self._sender
        return Envelope(sender, delivery.address, blocks)

    def _find_letter(self, delivery: Delivery, series: Series, version: Version | None, now: datetime) -> Letter:
        """What the delivery has to say. To find out that two messages are equal takes longer than to address a letter:
        so reminders, which go to crowds, are recognised by what caused them and the very objects that they speak of.
        """
        language, timezone = delivery.language, delivery.timezone
        if delivery.kind not in (Kind.REMINDER, Kind.SPEAKER):
            return self._word(delivery, series, version, now)
        cause = (delivery.kind, delivery.session, delivery.rule, language, timezone, now)
        known = self._reminders.get(cause)
        if known and known[0] is series and known[1] is version:
            return known[2]
        letter = self._word(delivery, series, version, now)
        if len(self._reminders) >= _LETTERS:
            self._reminders.clear()
        self._reminders[cause] = series, version, letter
        return letter

    def _word(self, delivery: Delivery, series: Series, version: Version | None, now: datetime) -> Letter:
        message = say(delivery, Published(series, version, self._programmes), now)
        return self._write(_Occasion(message, delivery.language, delivery.timezone))

    def _direct(self, delivery: Delivery, series: Series) -> Delivery:
        """The delivery with the organiser's address, who reads the times of the series."""
        if self._organiser is None:
            raise ValueError("there is no organizer in the settings any more")
        to = self._organiser
        return delivery._replace(address=to.address, language=to.language, timezone=series.timezone)

    def _addressee(self, delivery: Delivery, letter: Letter) -> Addressee:
        links = {field: self._link(purpose, delivery) for field, purpose in _LINKS.items() if field in letter.fields}
        message = message_id(self._keys.secret, delivery.key, self._domain)
        thread = message_id(self._keys.secret, delivery.thread, self._domain) if delivery.thread else ""
        if self._returns and "unsubscribe_url" in links:
            links["unsubscribe_address"] = self._returns.leave_address(delivery.participant_id, delivery.generation)
        return Addressee(email=delivery.address, name=delivery.name, message_id=message, thread_id=thread, **links)

    def _link(self, purpose: Purpose, delivery: Delivery) -> str:
        token = self._keys.token(purpose, delivery.participant_id, delivery.generation)
        return f"{self._base_url}/{purpose}/{token}"


def _write_letter(stationery: Stationery, occasion: _Occasion) -> Letter:
    letter = compose(occasion.message, stationery, language=occasion.language, timezone=occasion.timezone)
    for problem in letter.problems:
        _log.error("template %s; the bundled one was used", problem)
    return letter
