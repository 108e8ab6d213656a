"""A transport: what takes mails out of the house. It gives lines; over a line mails are handed over one by one."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from service.delivery.envelope import Envelope
from service.delivery.outcome import Outcome

__all__ = ["Commit", "Follow", "Line", "Transport", "Unreachable", "nobody"]

# The last word of the ledger before the final dot: True hands the mail over, False withdraws it.
Commit = Callable[[], Awaitable[bool]]

# Asked when the dot is about to be written: the mail that will go this way next, if one waits already.
Follow = Callable[[], Envelope | None]


def nobody() -> None:
    """The `Follow` of a mail after which none is known to come."""


class Unreachable(Exception):
    """No line could be had; `outcome` says why. Its verdict is always `UNSENT`."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Line(Protocol):
    """A connection that takes mails one after the other."""

    @property
    def usable(self) -> bool:
        """Whether the next mail may go this way. Once False it stays False: close the line and connect anew."""
        ...

    async def hand_over(self, envelope: Envelope, commit: Commit, follow: Follow = nobody, /) -> Outcome:
        """Hand over one mail.

        `follow` may be asked for the mail that is handed over next, so that the line can announce it ahead. A line
        that has announced one mail takes no other.

        `commit` is awaited exactly once if the far side is ready to take the mail, else not at all; only when it
        returned True can the mail be accepted. If it returns False the outcome is `WITHDRAWN`; what it raises is
        raised here, and nothing was sent. Cancelling closes the line; whether the mail went is then unknown if
        `commit` had returned True.
        """
        ...

    async def close(self) -> None:
        """End the connection politely if that is quick. Never raises, may be called twice."""
        ...


class Transport(Protocol):
    """A way out for mails."""

    async def connect(self) -> Line:
        """Open a line. Raises `Unreachable`."""
        ...
