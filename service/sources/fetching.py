"""Fetching: from a location, over its redirections, to a final answer."""

import asyncio
from dataclasses import dataclass
from typing import Final

from service.sources.answer import Answer
from service.sources.dialling import ask
from service.sources.location import Location
from service.sources.reach import Reach
from service.sources.unusable import Unusable

__all__ = ["Mark", "fetch"]

_REDIRECTIONS: Final = 3
"""How often a server may send on to another address."""

_REDIRECTING: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final = {
    "User-Agent": "studybell",
    "Accept": "text/markdown, text/csv, text/plain, */*;q=0.5",
    "Accept-Encoding": "identity",  # what is not packed cannot swell
}


@dataclass(frozen=True, slots=True)
class Mark:
    """How a server marked what it gave (RFC 9110 8.8); `location` is where that stood after all redirections."""

    location: Location
    etag: str
    modified: str

    @classmethod
    def of(cls, answer: Answer) -> "Mark":
        """The mark of an answer."""
        return cls(answer.location, answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))

    def as_conditions(self) -> dict[str, str]:
        """The fields that ask for a document only if it is another one (RFC 9110 13.1)."""
        conditions = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in conditions.items() if value}


async def fetch(location: Location, mark: Mark | None, reach: Reach) -> Answer:
    """The answer of a location: its document, 304 if that still carries `mark`, or a refusal. Raises `Unusable`."""
    try:
        async with asyncio.timeout(reach.seconds):
            return await _follow(location, mark, reach)
    except TimeoutError:
        raise Unusable(f"there was no whole answer within {reach.seconds:g} seconds; it is asked again later") from None


async def _follow(location: Location, mark: Mark | None, reach: Reach) -> Answer:
    for _ in range(1 + _REDIRECTIONS):
        # A mark means something to the server that gave it only.
        conditions = mark.as_conditions() if mark and mark.location == location else {}
        answer = await ask(location, _HEADERS | conditions, reach)
        if answer.status not in _REDIRECTING:
            return answer
        location = location.follow(_read_direction(answer))
    raise Unusable(f"the server sends on more than {_REDIRECTIONS} times; paste the address that a browser ends at")


def _read_direction(answer: Answer) -> str:
    try:
        direction = answer.headers.get("location", "").encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        direction = ""
    if not direction:
        raise Unusable("the server sends on without saying where; open the address in a browser and correct `source`")
    return direction
