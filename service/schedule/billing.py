"""A billing: the line that announces a talk, its title and its speakers in one of the usual orders."""

import re
from collections.abc import Sequence
from enum import Enum

from service.schedule.people import looks_like_name, read_names
from service.schedule.session import Status
from service.schedule.wording import is_open, read_notice

__all__ = ["Billing", "find_billing", "split_billing", "split_name"]

_COMMA = re.compile(r"\s*[,:]\s+")
_BY = re.compile(r",?\s+(?:presented\s)?by\s+", re.IGNORECASE)
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_ENCLOSED = re.compile(r"[\"“”„«']\s*(.+?)\s*[\"“”»']")
_FROM = re.compile(r"[(（][^()（）\d][^()（）]+[)）]")
_LONGEST = 400
_MOST = 5
"""How many people one line names at most."""


class Billing(Enum):
    """The orders in which a line names the title and the speakers of a talk."""

    NAMES_FIRST = "Ada Oak (Bonn), Trees"
    NAMES_LAST = "Trees, Ada Oak (Bonn)"
    NAMES_AFTER_BY = "Trees by Ada Oak"


def find_billing(texts: Sequence[str]) -> Billing | None:
    """The order that most of a list's lines keep; None if they keep none, or name nobody surely.

    A name is sure with its affiliation in brackets, or behind "by".
    """
    texts = [text for text in texts if not is_open(text) and read_notice(text).status is Status.CONFIRMED]
    for billing in Billing:
        surely = [split_billing(text, billing) for text in texts]
        count = sum(bool(who) and (billing is Billing.NAMES_AFTER_BY or bool(_FROM.search(who))) for who, _ in surely)
        if count and count >= 0.6 * len(texts):
            return billing
    return None


def split_billing(text: str, billing: Billing) -> tuple[str, str]:
    """The speakers' part and the title's part of a line that keeps this order; no speakers if it does not."""
    best = ("", text)
    for who, what in _halves(text, billing) if len(text) <= _LONGEST else ():
        # One more person joins only with an affiliation: a title may hold commas, too.
        if not _are_people(who) or (best[0] and not _FROM.search(who.replace(best[0], ""))):
            break
        best = (who, what)
    enclosed = _ENCLOSED.fullmatch(best[1])
    return best[0], (enclosed.group(1) if enclosed and best[0] else best[1])


def _halves(text: str, billing: Billing) -> list[tuple[str, str]]:
    """The ways to part a line into speakers and title, those with the fewest speakers first."""
    hidden = _BRACKETS.sub(lambda match: "_" * len(match.group()), text)
    if billing is Billing.NAMES_AFTER_BY:
        return [(text[mark.end() :], text[: mark.start()]) for mark in list(_BY.finditer(hidden))[-1:]]
    marks = list(_COMMA.finditer(hidden))
    if billing is Billing.NAMES_FIRST:
        return [(text[: mark.start()], text[mark.end() :]) for mark in marks[:_MOST]]
    return [(text[mark.end() :], text[: mark.start()]) for mark in marks[: -_MOST - 1 : -1]]


def split_name(text: str) -> tuple[str, str]:
    """The name and the title of "Ada - Trees", a cell that has both; only the text itself if no name leads."""
    who, dash, what = text.partition(" - ")
    names = read_names(who).speakers
    return (who, what.strip()) if dash and names and all(map(looks_like_name, names)) else (text, "")


def _are_people(text: str) -> bool:
    """Whether all are full names, or names in a script that writes no blank between their parts."""
    names = read_names(text).speakers
    return bool(names) and all(looks_like_name(name) and (" " in name or not name.isascii()) for name in names)
