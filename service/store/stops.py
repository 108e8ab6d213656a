"""Stops: what the organiser is told of mails that do not leave, as a delivery keeps it until it is told."""

from dataclasses import dataclass
from typing import Final, Self

__all__ = ["Stop"]

_HELD: Final = "held="
_WAITED: Final = "waited="


@dataclass(frozen=True, slots=True)
class Stop:
    """Why mails do not leave. `held` is the lane that is held back (empty: it is about all mails), `waited` how many
    mails wait when it is over (0: nobody has counted).
    """

    reason: str
    held: str = ""
    waited: int = 0

    def write(self) -> str:
        """As a delivery keeps it: the reason on a line, and what there is besides on another."""
        more = [f"{_HELD}{self.held}"] if self.held else []
        more += [f"{_WAITED}{self.waited}"] if self.waited else []
        return "\n".join([self.reason, *more])

    @classmethod
    def read(cls, note: str) -> Self:
        """What `write` wrote."""
        reason, *more = note.split("\n")
        held = next((one.removeprefix(_HELD) for one in more if one.startswith(_HELD)), "")
        waited = next((int(one.removeprefix(_WAITED)) for one in more if one.startswith(_WAITED)), 0)
        return cls(reason, held, waited)
