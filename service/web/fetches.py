"""Fetches: when calendar programs of each kind last asked for a series' feed; what shows how fresh calendars are.

Nothing is kept of a request but its kind and its time.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

__all__ = ["Family", "Fetches", "tell_family"]


class Family(StrEnum):
    """Calendar programs that fetch in the same way, because the same machines or programs do it for them."""

    GOOGLE = "google"
    OUTLOOK = "outlook"
    APPLE = "apple"
    THUNDERBIRD = "thunderbird"
    OTHER = "other"


_SIGNS: Final = (
    (Family.GOOGLE, re.compile(r"google", re.IGNORECASE)),
    (Family.OUTLOOK, re.compile(r"outlook|microsoft|exchange", re.IGNORECASE)),
    (Family.APPLE, re.compile(r"dataaccessd|calendaragent|^(?:ios|ipados|macos)/", re.IGNORECASE)),
    (Family.THUNDERBIRD, re.compile(r"thunderbird", re.IGNORECASE)),
)


@lru_cache(maxsize=256)
def tell_family(user_agent: str) -> Family:
    """The family of a program that calls itself `user_agent`."""
    return next((family for family, sign in _SIGNS if sign.search(user_agent)), Family.OTHER)


class Fetches:
    """The last fetch of every published series by each family, since the service was started."""

    def __init__(self) -> None:
        self._last: dict[str, dict[Family, datetime]] = {}

    def note(self, slug: str, user_agent: str, now: datetime) -> None:
        """Somebody was given the feed of a series (or told that theirs is current) at `now`."""
        self._last.setdefault(slug, {})[tell_family(user_agent)] = now

    def last(self, slug: str) -> Mapping[Family, datetime]:
        """The instant of the last fetch of a series by each family that ever fetched it."""
        return dict(self._last.get(slug, {}))
