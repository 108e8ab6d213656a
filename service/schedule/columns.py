"""Which column of a grid holds what: told by its header, and by its cells where the header does not tell."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service.schedule.dates import find_dates
from service.schedule.grid import Cell, Grid, Row
from service.schedule.headers import Role, alike_headers, role_words
from service.schedule.numbering import read_number
from service.schedule.people import looks_like_name, read_names
from service.schedule.times import find_time
from service.schedule.wording import is_blank

__all__ = ["Columns", "find_columns"]

_SAMPLE = 60


@dataclass(frozen=True, slots=True)
class Columns:
    """The places of a grid's columns by role; `dated` is the share of rows with a date."""

    places: Mapping[Role, tuple[int, ...]]
    dated: float

    def cells(self, row: Row, role: Role) -> tuple[Cell, ...]:
        """The non-empty cells that `row` has in columns of this role."""
        places = self.places.get(role)
        if places is None:
            return ()
        cells = row.cells
        return tuple([cells[place] for place in places if place < len(cells) and _says(cells[place])])

    def has(self, role: Role) -> bool:
        """Whether any column has this role."""
        return bool(self.places.get(role))


def find_columns(grid: Grid) -> Columns:
    """The columns of `grid`, by meaning and never by position."""
    width = max([len(grid.headers), *(len(row.cells) for row in grid.rows)], default=0)
    return _Finding(grid, width).columns()


def _says(cell: Cell) -> bool:
    return bool(cell.text or cell.links or cell.struck or cell.badges)


class _Finding:
    """The search for the columns of one grid; every column gets one role."""

    def __init__(self, grid: Grid, width: int) -> None:
        self.grid, self.width = grid, width
        self.sample = grid.rows[:_SAMPLE]
        self.words = [role_words(cell.flat) for cell in grid.headers]
        self.words += [()] * (width - len(self.words))
        self.places: dict[Role, list[int]] = {}
        self.free = set(range(width))

    def columns(self) -> Columns:
        dated = self.find_date()
        self.find_times()
        for role in (Role.DURATION, Role.PLACE, Role.STATUS, Role.AFFILIATION, Role.TYPE, Role.PEOPLE, Role.OTHER):
            self.take(role, self.named(role))
        self.find_number()
        self.find_speakers()
        self.find_title()
        self.find_undeclared_speakers()
        for role in (Role.ID, Role.MATERIAL, Role.NOTE):
            self.take(role, self.named(role))
        self.take(Role.NOTE, sorted(self.free))
        return Columns({role: tuple(places) for role, places in self.places.items()}, dated)

    def named(self, role: Role) -> list[int]:
        return [place for place in sorted(self.free) if role in self.words[place]]

    def take(self, role: Role, places: Sequence[int]) -> None:
        for place in places:
            if place in self.free:
                self.free.discard(place)
                self.places.setdefault(role, []).append(place)

    def share(self, place: int, holds: Callable[[str], bool]) -> float:
        texts = [row.cells[place].flat for row in self.sample if place < len(row.cells)]
        texts = [text for text in texts if not is_blank(text)]
        return sum(map(holds, texts)) / len(texts) if texts else 0.0

    def find_date(self) -> float:
        best, merit = None, 0.0
        for place in range(self.width):
            words = self.words[place]
            expected = Role.DATE in words or (not words and place == 0)
            share = self.share(place, lambda text, weak=expected: bool(_leading_dates(text, weak=weak)))  # type: ignore[misc]
            if Role.OTHER in words or share == 0 or (not expected and share < 0.6):
                continue
            rank = share + (1.0 if Role.DATE in words else 0.0) + (0.2 if Role.NUMBER in words or not words else 0.0)
            if rank > merit:
                best, merit = place, rank
        if best is None:
            self.take(Role.DATE, [place for place in self.named(Role.DATE) if Role.TIME not in self.words[place]][:1])
            return 0.0
        dated = sum(bool(find_dates(row.cells[best].flat, weak=True)) for row in self.sample if best < len(row.cells))
        if Role.DATE in self.words[best] or Role.NUMBER not in self.words[best]:
            self.take(Role.DATE, [best])
        else:
            self.places[Role.DATE] = [best]
        return dated / max(len(self.sample), 1)

    def find_times(self) -> None:
        unnamed = [place for place in sorted(self.free) if not self.words[place] and self.share(place, _is_time) >= 0.6]
        for place in self.named(Role.TIME) + unnamed:
            if self.share(place, lambda text: find_time(text) is not None) >= 0.5:
                self.take(Role.TIME, [place])
                break
        self.take(Role.END, self.named(Role.END)[:1])

    def find_number(self) -> None:
        numbered = [place for place in self.named(Role.NUMBER) if not self.is_prose(place)]
        ids = [place for place in self.named(Role.ID) if self.share(place, str.isdigit) > 0.9]
        guesses = [
            place for place in sorted(self.free) if not self.words[place] and self.share(place, _is_numbered) >= 0.6
        ]
        self.take(Role.NUMBER, (numbered or ids or guesses)[:1])

    def is_prose(self, place: int) -> bool:
        return self.share(place, lambda text: len(text) > 40) > 0.3

    def find_speakers(self) -> None:
        self.take(Role.SPEAKER, self.named(Role.SPEAKER))
        if Role.SPEAKER not in self.places:
            people = [place for place in self.named(Role.NAME) if self.share(place, _all_names) >= 0.5]
            self.take(Role.SPEAKER, people[:1])

    def find_title(self) -> None:
        for role in (Role.TITLE, Role.TOPIC, Role.NAME, Role.MATERIAL):
            places = [place for place in self.named(role) if self.varies(place)]
            if role is Role.MATERIAL:
                places = (
                    [] if self.is_named_by_number() else [place for place in places if self.has_titled_links(place)]
                )
            if places:
                self.take(Role.TITLE, alike_headers([cell.flat for cell in self.grid.headers], places))
                return
        unknown = [place for place in sorted(self.free) if not self.words[place] and self.varies(place)]
        unknown = [place for place in unknown if self.share(place, lambda text: bool(re.search(r"\w{2}", text))) > 0]
        if len(unknown) > 1 and Role.SPEAKER not in self.places:
            people = [place for place in unknown if self.share(place, _all_names) >= 0.7]
            self.take(Role.SPEAKER, sorted(people, key=self.unevenness)[:1])
        self.take(Role.TITLE, [place for place in unknown if place in self.free])
        self.take(Role.TITLE, [] if Role.TITLE in self.places else self.named(Role.NOTE)[:1])

    def unevenness(self, place: int) -> int:
        """How much the texts of a column differ in length: names hardly do."""
        lengths = [len(row.cells[place].text) for row in self.sample if place < len(row.cells)]
        return max(lengths, default=0) - min(lengths, default=0)

    def is_named_by_number(self) -> bool:
        """Whether the number column says more than numbers, like "seminar0"."""
        return any(
            self.share(place, lambda text: re.search(r"[^\W\d]{2}", text) is not None) > 0.5
            for place in self.places.get(Role.NUMBER, ())
        )

    def has_titled_links(self, place: int) -> bool:
        texts = [row.cells[place].flat for row in self.sample if place < len(row.cells)]
        return len(set(texts)) > max(2, len(texts) // 2)

    def varies(self, place: int) -> bool:
        """Whether a column tells the rows apart: the same book in every row is no title."""
        texts = [row.cells[place].flat for row in self.sample if place < len(row.cells)]
        said = [text for text in texts if not is_blank(text)]
        if len(said) < 3:
            return bool(said)
        return Counter(said).most_common(1)[0][1] < 0.8 * len(said)

    def find_undeclared_speakers(self) -> None:
        if Role.SPEAKER in self.places:
            return
        people = [p for p in sorted(self.free) if not self.words[p] and self.share(p, _all_names) >= 0.7]
        self.take(Role.SPEAKER, people[:1])


def _leading_dates(text: str, *, weak: bool) -> bool:
    found = find_dates(text[:120], weak=weak)
    return bool(found) and len(text) < 80


def _is_time(text: str) -> bool:
    return find_time(text) is not None and len(text) < 24


def _is_numbered(text: str) -> bool:
    return bool(read_number(text)[0]) and len(text) < 24


def _all_names(text: str) -> bool:
    speakers = read_names(text).speakers
    return bool(speakers) and all(map(looks_like_name, speakers))
