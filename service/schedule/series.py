"""A series: a course or season with one schedule; a calendar of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

__all__ = ["Series"]

_ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What readers are told of a series as a whole.

    `url` is its page (empty if it has none), `timezone` an IANA name. `modified` (UTC, whole seconds) is since when
    all this has been as it is: it stands in every event, so that calendars notice.
    """

    slug: str
    title: str
    language: str
    timezone: str
    url: str
    location: str = ""
    join_url: str = ""
    modified: datetime = _ALWAYS
