"""A renaming: how much a title that appeared resembles one that vanished."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Sequence
from itertools import chain, pairwise
from operator import add
from typing import TypeAlias

__all__ = ["weigh_renamings"]

_Titles: TypeAlias = Sequence[str]
_Worths: TypeAlias = dict[tuple[int, int], int]

_WORD = re.compile(r"\w+")
_WHOLE = 1000
_KNOWN_TO_FEW = 12
_MOST = 11


def weigh_renamings(before: _Titles, after: _Titles, lost: Collection[int], found: Collection[int]) -> _Worths:
    """Weigh the lost ones of the titles before against the found ones of those after.

    Only a title that vanished can have become one that appeared: 1 point (a third in common) to 11 (all but equal).
    _Titles are compared by their pairs of neighbouring letters, which serves every script, and of words. A pair counts
    the less, the more titles have it: "Chapter 1" and "Chapter 2" have little in common where all are chapters.
    """
    kept = set(before) & set(after)
    vanished = {place: _split(before[place]) for place in lost if before[place] not in kept}
    appeared = {place: _split(after[place]) for place in found if after[place] not in kept}
    if not vanished or not appeared:
        return {}
    owners: dict[Hashable, list[int]] = defaultdict(list)
    for place, letters in appeared.items():
        for pair in letters:
            owners[pair].append(place)
    weights = _weigh_pairs(before, after)
    common: Counter[tuple[int, int]] = Counter()
    for place, letters in vanished.items():
        for pair in letters:
            if weights[pair] >= _WHOLE // _KNOWN_TO_FEW**2:
                for other in owners.get(pair, ()):
                    common[place, other] += weights[pair]
    sizes = [{place: sum(map(weights.__getitem__, side[place])) for place in side} for side in (vanished, appeared)]
    worths = {
        (place, other): min(_MOST, 32 * shared // (sizes[0][place] + sizes[1][other]) - 4)
        for (place, other), shared in common.items()
    }
    return {pair: worth for pair, worth in sorted(worths.items()) if worth > 0}


def _split(title: str) -> frozenset[Hashable]:
    """Return the title's pairs of neighbouring letters and pairs of neighbouring words, without its punctuation."""
    words = _WORD.findall(title)
    letters = "".join(words)
    return frozenset(chain(map(add, letters, letters[1:]), pairwise(words)))


def _weigh_pairs(before: _Titles, after: _Titles) -> dict[Hashable, int]:
    """Give each pair a whole weight: a thousand parts, divided by the square of the number of titles that have it."""
    pairs = {title: _split(title) for title in {*before, *after}}
    sides = [Counter(chain.from_iterable(map(pairs.__getitem__, titles))) for titles in (before, after)]
    return {pair: max(1, _WHOLE // max(side[pair] for side in sides) ** 2) for pair in set().union(*sides)}
