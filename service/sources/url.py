"""A document on the web."""

import random
import time
from collections.abc import Callable
from typing import Final

from service.sources.advice import advise
from service.sources.answer import Answer, check_status, is_page
from service.sources.fetching import Mark, fetch
from service.sources.location import read_location
from service.sources.pacing import find_wait
from service.sources.reach import Reach
from service.sources.reading import Reading, SourceTrouble, decode
from service.sources.unusable import Unusable

__all__ = ["UrlSource"]


class UrlSource:
    """A document at an https or http address, asked for every few minutes and seldom while that fails.

    Ask it as often as you like: between its questions it returns at once. `clock` counts seconds, `chance` draws from
    0 to 1. Raises `SourceTrouble` for an address that must not be asked.
    """

    def __init__(
        self,
        url: str,
        *,
        reach: Reach | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        try:
            self._location: Final = read_location(url)
        except Unusable as fault:
            raise SourceTrouble(f"source: {fault}") from None
        self._reach: Final = reach or Reach()
        self._clock: Final = clock
        self._chance: Final = chance
        self._due = clock()
        self._failures = 0
        self._mark: Mark | None = None
        self._digest = ""

    @property
    def name(self) -> str:
        """The address without its query, which may hold a key."""
        return self._location.name

    def is_at_rest(self) -> bool:
        """Whether it is too early to ask."""
        return self._clock() < self._due

    async def read(self) -> Reading | None:
        """The document, or None if it is as it was or not yet to be asked for. Raises `SourceTrouble`.

        After trouble the document is given anew, changed or not. Only a server that gives no document is asked less
        and less often; the organiser who mends a document does not wait for that.
        """
        if self.is_at_rest():
            return None
        mark, digest, asked = self._mark, self._digest, 0.0
        self._mark, self._digest, self._failures = None, "", self._failures + 1
        try:
            answer = await fetch(self._location, mark, self._reach)
            asked = answer.retry_after
            if answer.status == 304 and mark:
                self._mark, self._digest, self._failures = mark, digest, 0
                return None
            reading = self._read_answer(answer)
        except Unusable as fault:
            raise SourceTrouble(f"{self.name}: {fault}") from None
        finally:
            self._due = self._clock() + find_wait(self._failures, asked, self._chance())
        self._mark, self._digest = Mark.of(answer), reading.digest
        return None if reading.digest == digest else reading

    def _read_answer(self, answer: Answer) -> Reading:
        check_status(answer.status)
        self._failures = 0
        if is_page(answer):
            raise Unusable(advise(self._location))
        return decode(answer.content, self.name, answer.form)
