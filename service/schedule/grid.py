"""A grid: what a document lays out in rows and cells, before anybody asks what it means."""

from dataclasses import dataclass

from service.schedule.session import Link

__all__ = ["Bullet", "Cell", "Grid", "Outline", "Prose", "Row"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's visible words, clean and plain, its lines separated by line feeds.

    `struck` holds words that are struck through and `badges` what images say instead of words; neither is part of
    `text`. `emphasised` tells that all of the text is bold or italic. `line` and `column` count from 1.
    """

    text: str
    line: int
    column: int
    links: tuple[Link, ...] = ()
    struck: str = ""
    badges: tuple[str, ...] = ()
    emphasised: bool = False

    @property
    def flat(self) -> str:
        """The text on one line."""
        return self.text.replace("\n", " ")

    @property
    def parts(self) -> tuple[str, ...]:
        """The non-empty lines of the text."""
        return tuple(part for part in self.text.split("\n") if part)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of cells; a row that stops early has fewer cells than its grid has headers."""

    cells: tuple[Cell, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: header cells (possibly empty texts) and rows; `path` holds the headings above, the nearest last."""

    headers: tuple[Cell, ...]
    rows: tuple[Row, ...]
    line: int
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullet:
    """A list item, or a heading, with the items below it."""

    cell: Cell
    children: tuple["Bullet", ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A list, or the headings of one level, whose items may be sessions; `path` is as in a grid."""

    bullets: tuple[Bullet, ...]
    line: int
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prose:
    """A heading or a passage of running text; in `level` 0 is a passage, 1 and more a heading."""

    text: str
    line: int
    level: int = 0
