"""Pointing: the line of a document with a caret below the place that is spoken of."""

from typing import Final
from unicodedata import combining, east_asian_width

__all__ = ["point_at"]

_WIDTH: Final = 100
_BEFORE: Final = 40
_MORE: Final = "…"


def point_at(line: str, column: int) -> tuple[str, str]:
    """The line as a terminal shows it, cut to a hundred places around `column` (from 1), and a caret for below it."""
    text = "".join(char if char.isprintable() else " " for char in line)
    place = min(max(column - 1, 0), len(text))
    start = 0 if _measure(text[:place]) < _WIDTH - _BEFORE else max(place - _BEFORE, 0)
    lead = _MORE if start else ""
    shown = _cut(lead + text[start:])
    return shown, " " * _measure(lead + text[start:place]) + "^"


def _cut(text: str) -> str:
    while _measure(text) > _WIDTH:
        text = text[: min(len(text), _WIDTH) - 2] + _MORE
    return text


def _measure(text: str) -> int:
    """How many places of a terminal a text takes: Korean letters take two each."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
