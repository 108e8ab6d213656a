"""A selection: which sessions of a series somebody wants in a feed, and how; what the query of its address says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from service.feed.event import is_called_off
from service.feed.style import Alarm, Style
from service.feed.words import LANGUAGES
from service.schedule.text import clean_line, mask_addresses
from service.schedule.version import Version

__all__ = ["EVERYTHING", "BadSelection", "Cancelled", "Selection", "read_selection"]

_LONGEST_QUERY: Final = 2000
_MOST_FIELDS: Final = 50
_MOST_VALUES: Final = 8


class BadSelection(ValueError):
    """A query that cannot be followed; the message says what to write."""


class Cancelled(StrEnum):
    """How a cancelled session is told: by its title and STATUS, by its STATUS alone, or by leaving it out."""

    MARK = "mark"
    STATUS = "status"
    OMIT = "omit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Some sessions of a series, and how they are told.

    A session is wanted if its type is one of `types` and one of its speakers is in `speakers`; if empty they ask for
    nothing. Names stand once and in order, so that what means the same is equal. `language` is empty for the series'.
    """

    types: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    cancelled: Cancelled = Cancelled.MARK
    language: str = ""

    def wants(self, version: Version) -> bool:
        """Whether the feed holds this session. Names are compared as readers see them, whatever their case."""
        session = version.session
        if self.cancelled is Cancelled.OMIT and is_called_off(version):
            return False
        if self.types and not _meet(self.types, [session.type]):
            return False
        return not self.speakers or _meet(self.speakers, map(mask_addresses, session.speakers))

    @property
    def style(self) -> Style:
        """How the sessions are told."""
        return Style(self.alarms, self.cancelled is not Cancelled.STATUS, self.language)

    @property
    def query(self) -> str:
        """The query that asks for this selection in canonical form; empty for everything."""
        pairs = [("type", kind) for kind in self.types] + [("speaker", name) for name in self.speakers]
        if self.alarms:
            pairs.append(("alarm", ",".join(map(str, self.alarms))))
        if self.cancelled is not Cancelled.MARK:
            pairs.append(("cancelled", self.cancelled))
        if self.language:
            pairs.append(("lang", self.language))
        return urlencode(pairs, safe=",", quote_via=quote)


EVERYTHING: Final = Selection()
"""The selection of a feed of which nothing else was asked."""


def read_selection(query: str) -> Selection:
    """The selection that the query of an address asks for.

    `type`, `speaker` and `alarm` may come several times (alarms also with commas between them). Other keys and empty
    values are ignored. Raises `BadSelection`.
    """
    fields = _read_fields(query)
    return Selection(
        types=_read_names(fields.get("type", ())),
        speakers=_read_names(fields.get("speaker", ())),
        alarms=_read_alarms(fields.get("alarm", ())),
        cancelled=_read_cancelled(fields.get("cancelled", ())),
        language=_read_language(fields.get("lang", ())),
    )


def _read_fields(query: str) -> Mapping[str, Sequence[str]]:
    if len(query) > _LONGEST_QUERY:
        raise BadSelection("this address is too long: choose fewer types and speakers")
    try:
        pairs = parse_qsl(query, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise BadSelection("this address cannot be read: write key=value&key=value in UTF-8") from error
    fields: dict[str, list[str]] = {}
    for key, value in pairs:
        if line := clean_line(value):
            fields.setdefault(key, []).append(line)
    return fields


def _read_names(values: Sequence[str]) -> tuple[str, ...]:
    names = {name.casefold(): name for name in reversed(values)}
    if len(names) > _MOST_VALUES:
        raise BadSelection(f"more than {_MOST_VALUES} types or speakers: choose fewer, or take the whole feed")
    return tuple(names[key] for key in sorted(names))


def _read_alarms(values: Sequence[str]) -> tuple[Alarm, ...]:
    try:
        alarms = {Alarm.parse(word) for value in values for word in value.split(",") if word.strip()}
    except ValueError as error:
        raise BadSelection(f"alarm: {error}") from None
    if len(alarms) > _MOST_VALUES:
        raise BadSelection(f"alarm: more than {_MOST_VALUES} alarms: choose fewer")
    return tuple(sorted(alarms, reverse=True))


def _read_cancelled(values: Sequence[str]) -> Cancelled:
    try:
        return Cancelled(values[-1]) if values else Cancelled.MARK
    except ValueError:
        raise BadSelection(f'cancelled: "{values[-1]}" is unknown: write mark, status or omit') from None


def _read_language(values: Sequence[str]) -> str:
    language = values[-1].replace("_", "-").partition("-")[0].lower() if values else ""
    if language and language not in LANGUAGES:
        raise BadSelection(f'lang: "{values[-1]}" is unknown: write {", ".join(LANGUAGES)}')
    return language


def _meet(wanted: Iterable[str], names: Iterable[str]) -> bool:
    return not {name.casefold() for name in wanted}.isdisjoint(name.casefold() for name in names)
