"""Progress: what lasts long tells now and then how far it has come, and knows when its time is up."""

import time
from dataclasses import dataclass, field
from typing import Final

from tests.torture.scale import MINUTES
from tests.torture.stage import Stage

__all__ = ["Progress"]

_EVERY: Final = 60.0


@dataclass(slots=True)
class Progress:
    """How far the killing on a stage has come; `what` it is called by."""

    what: str
    stage: Stage
    kills: int = 0
    _began: float = field(default_factory=time.monotonic)
    _told: float = field(default_factory=time.monotonic)

    @property
    def is_late(self) -> bool:
        """Whether the time that a test may take for its kills is up."""
        return self._elapsed > MINUTES * 60

    async def note_kill(self) -> None:
        """One more; now and then a line tells of it."""
        self.kills += 1
        if time.monotonic() - self._told >= _EVERY:
            self._told = time.monotonic()
            await self.tell()

    async def tell(self) -> None:
        """Print a line with the counts until now."""
        copies, arrived = self.stage.sink.copies, len(self.stage.sink.accepted)
        print(
            f"{self.what}: {self._elapsed:.0f} s, {self.kills} kills, {arrived} of {self.stage.people} mails,"
            f" {await self.stage.count_doubtful()} doubtful, {copies - arrived} doubled",
            flush=True,
        )

    @property
    def _elapsed(self) -> float:
        return time.monotonic() - self._began
