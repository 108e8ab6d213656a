"""The likeness of sessions: what a row has in common with an earlier session, weighed in points.

What only one session of each document says (a title, a paper's address, a speaker) tells who it is; what several
sessions say tells little, and what many say tells nothing. The place in the series (number and day) weighs less than
any of these: it is what changes when a row is inserted. Yet it is enough where nothing else is left: a placeholder
that gets its title stays the same session.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product

from service.schedule.renaming import weigh_renamings
from service.schedule.session import Session

__all__ = ["is_placeholder", "read_title", "weigh"]

_FEW = 8
_ARXIV = re.compile(r"(?<!\d)(?<!\d\.)(\d{4}\.\d{4,5})(?:v\d+)?(?![\d.]*\d)")
_PLACEHOLDERS = frozenset(
    {"", "-", "?", "tbd", "tba", "tbc", "n/a", "to be determined", "to be announced", "to be decided"}
    | {"미정", "추후 공지", "추후 결정", "추후공지", "未定", "待定", "調整中"}
)


@dataclass(frozen=True, slots=True)
class _Trait:
    """One thing that tells sessions apart: how it is read and what it is worth, alone and shared with others.

    `lasting` traits are rare or common in view of the whole document, the others in view of what is still unpaired.
    """

    read: Callable[[Session], Collection[str]]
    alone: int
    shared: int
    lasting: bool


def weigh(
    earlier: Sequence[Session], rows: Sequence[Session], lost: Set[int], found: Set[int], absent: Set[int] = frozenset()
) -> dict[int, dict[int, int]]:
    """Weigh the lost ones of the earlier sessions against the found ones of the rows (places in the sequences).

    Return the points of every pair that has something of its own in common: a title 12, an address 10, a speaker 6,
    the day 3, the number 2, and up to 11 for a title that resembles a vanished one. What others share adds a little.
    The `absent` among the lost, which have no place in the document, are known by title, address and speaker only.
    """
    points: dict[int, dict[int, int]] = {place: {} for place in lost}
    telling: set[tuple[int, int]] = set()
    for trait in _TRAITS:
        worths = _weigh_trait(trait, earlier, rows, lost if trait.lasting else lost - absent, found)
        telling.update(pair for pair, worth in worths.items() if worth == trait.alone)
        _add(points, worths)
    before, after = [read_title(session) for session in earlier], [read_title(session) for session in rows]
    renamings = weigh_renamings(
        before,
        after,
        {place for place in lost - absent if not is_placeholder(before[place])},
        {place for place in found if not is_placeholder(after[place])},
    )
    telling.update(renamings)
    _add(points, renamings)
    return {
        place: {row: worth for row, worth in others.items() if (place, row) in telling}
        for place, others in points.items()
    }


def read_title(session: Session) -> str:
    """Return the title as it is compared: without regard to case and spacing."""
    return " ".join(session.title.casefold().split())


def is_placeholder(text: str) -> bool:
    """Tell whether a compared text (see `read_title`) only holds the place of one that is not known yet."""
    return text in _PLACEHOLDERS


def _read_addresses(session: Session) -> list[str]:
    """Read addresses so that all pages of one arXiv paper are one address, whatever its version."""
    return [_read_address(link.url) for link in session.links]


def _read_address(url: str) -> str:
    paper = _ARXIV.search(url)
    return paper[1] if paper else url.partition("://")[2].removeprefix("www.").rstrip("/")


def _read_speakers(session: Session) -> list[str]:
    return [" ".join(speaker.casefold().split()) for speaker in session.speakers]


def _read_times(session: Session) -> list[str]:
    """Read the day, and the day with its hour: two sessions of one day differ by the hour."""
    if session.when is None:
        return []
    return [session.when.starts.strftime("%Y-%m-%d"), session.when.starts.strftime("%Y-%m-%d %H:%M")]


_TRAITS = (
    _Trait(lambda session: [read_title(session)], 12, 4, lasting=True),
    _Trait(_read_addresses, 10, 1, lasting=True),
    _Trait(_read_speakers, 6, 2, lasting=True),
    _Trait(_read_times, 3, 1, lasting=False),
    _Trait(lambda session: [session.number] if session.number else [], 2, 1, lasting=False),
)


def _weigh_trait(
    trait: _Trait, earlier: Sequence[Session], rows: Sequence[Session], lost: Set[int], found: Set[int]
) -> dict[tuple[int, int], int]:
    before = _list_owners(trait, earlier, range(len(earlier)) if trait.lasting else lost)
    after = _list_owners(trait, rows, range(len(rows)) if trait.lasting else found)
    worths: dict[tuple[int, int], int] = {}
    for text, old in before.items():
        new = after.get(text, [])
        alone = len(old) == len(new) == 1 and not is_placeholder(text)
        old, new = [place for place in old if place in lost], [place for place in new if place in found]
        if max(len(old), len(new)) <= _FEW:
            for pair in product(old, new):
                worths[pair] = max(worths.get(pair, 0), trait.alone if alone else trait.shared)
    return worths


def _list_owners(trait: _Trait, sessions: Sequence[Session], places: Collection[int]) -> dict[str, list[int]]:
    owners: dict[str, list[int]] = defaultdict(list)
    for place in places:
        for text in dict.fromkeys(trait.read(sessions[place])):
            owners[text].append(place)
    return owners


def _add(points: dict[int, dict[int, int]], worths: Mapping[tuple[int, int], int]) -> None:
    for (earlier, row), worth in worths.items():
        points[earlier][row] = points[earlier].get(row, 0) + worth
