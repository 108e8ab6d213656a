"""A finding: what an examination found about one thing, how bad it is, and what to do."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from service.app.store import Store
from service.clock import Clock
from service.settings.values import Settings

__all__ = ["Check", "Finding", "Grade", "Installation"]


class Grade(StrEnum):
    """How bad it is: a promise is broken only by what is `WRONG`."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about `subject`. `advice` is empty if there is nothing to do."""

    grade: Grade
    subject: str
    words: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Installation:
    """What is examined."""

    settings: Settings
    store: Store
    clock: Clock


Check = Callable[[Installation], Awaitable[Iterable[Finding]]]
"""Looks at one side of an installation and changes nothing. Raises `Remediable` for what is wrong with it."""
