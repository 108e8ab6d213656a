"""The rest: as long as the relay takes nothing, mails wait, and it is tried again from time to time."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.delivery.outcome import Outcome, Verdict
from service.delivery.settling import tell

__all__ = ["Rest", "Trouble"]

_log: Final = logging.getLogger(__name__)
_SHORTEST: Final = timedelta(seconds=5)
_LONGEST: Final = timedelta(seconds=60)
_LASTING: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Trouble:
    """The relay cannot be used: since when, why, and when it is tried again."""

    since: datetime
    outcome: Outcome
    rest: timedelta
    until: datetime

    def is_lasting(self, now: datetime) -> bool:
        """Whether a person has to be told: it lasts, or no waiting cures it."""
        return self.outcome.permanent_setup or now - self.since >= _LASTING


class Rest:
    """Knows when to leave the relay alone. So many mails in a row may remain unsent before it begins: `patience`."""

    def __init__(self, patience: int) -> None:
        self.trouble: Trouble | None = None
        self._patience = patience
        self._misses = 0

    def is_on(self, now: datetime) -> bool:
        """Whether the relay is to be left alone at `now`."""
        return self.trouble is not None and now < self.trouble.until

    def tell_lasting(self, now: datetime) -> tuple[datetime, str] | None:
        """Since when and why the relay takes nothing, if a person has to be told."""
        trouble = self.trouble
        return (trouble.since, tell(trouble.outcome)) if trouble and trouble.is_lasting(now) else None

    def note(self, outcome: Outcome, now: datetime) -> None:
        """Take in what became of one mail: one line that broke is no reason to rest, nor is a mail that is refused."""
        if outcome.verdict is not Verdict.UNSENT:
            self._misses, self.trouble = 0, None
            return
        self._misses += 1
        if outcome.permanent_setup or self.trouble or self._misses > self._patience:
            self.begin(outcome, now)

    def begin(self, outcome: Outcome, now: datetime) -> None:
        """Rest because of `outcome`: 5 seconds at first, twice as long each time the trouble is still there, at most
        a minute."""
        if self.is_on(now):
            return
        rest = min(self.trouble.rest * 2, _LONGEST) if self.trouble else _SHORTEST
        since = self.trouble.since if self.trouble else now
        self.trouble = Trouble(since, outcome, rest, now + rest)
        _log.warning("rest seconds=%d phase=%s: %s %s", rest.seconds, outcome.phase, outcome.code or "", outcome.text)
