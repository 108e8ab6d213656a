"""YAML and TOML documents as grids: lists of mappings, each a session."""

import re
import tomllib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import yaml

from service.schedule.cells import CELLS_LIMIT, TooManyCellsError
from service.schedule.dates import is_date
from service.schedule.grid import Cell, Grid, Row

__all__ = ["read_toml", "read_yaml"]

_Pair = tuple[str, str, int, int]
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_ITEMS = 20
_DEEPEST = 20
_MOST_NODES = 2 * CELLS_LIMIT
_ARRAY = re.compile(r"\s*\[\[\s*[\"']?([^\[\]\"']*?)[\"']?\s*\]\]")
# The TOML parser's time grows with the square of the dots in a key.
_DEEP_KEY = re.compile(r"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*\.[ \t]*){20}")
_MAP_KEYS = re.compile(r"map|image|img|photo|avatar|picture", re.IGNORECASE)


def read_yaml(text: str, read: Callable[[str, int, int], Cell], first_line: int = 1) -> list[Grid]:
    """The lists of mappings in a YAML text as grids; `first_line` is the line of its first line.

    Values stay as they are written. Raises yaml.YAMLError if the text is no YAML or uses aliases, RecursionError if it
    nests too deeply, TooManyCellsError if it has too many nodes.
    """
    _refuse_traps(text)
    root = yaml.compose(text, Loader=_LOADER)
    return [_to_grid(list(islice(_records(items), 5001)), read, first_line) for items in _lists(root, 0)]


def _refuse_traps(text: str) -> None:
    """Refuse what a few lines can blow up: nesting that exhausts the stack, aliases that repeat whole trees."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            problem = "aliases are not read; write the value out"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]
        if depth > _DEEPEST:
            raise RecursionError(f"more than {_DEEPEST} levels")
        if nodes > _MOST_NODES:
            raise TooManyCellsError


def read_toml(text: str, read: Callable[[str, int, int], Cell]) -> list[Grid]:
    """The arrays of tables in a TOML text as grids. Raises tomllib.TOMLDecodeError if the text is no TOML."""
    if text.count("=") + text.count("[") > CELLS_LIMIT // 2:
        raise TooManyCellsError
    if _DEEP_KEY.search(text):
        raise RecursionError(f"more than {_DEEPEST} levels")
    places: dict[str, list[int]] = {}
    for number, line in enumerate(text.split("\n")):
        if header := _ARRAY.match(line):
            places.setdefault(header.group(1), []).append(number)
    grids = []
    for name, value in tomllib.loads(text).items():
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            lines = places.get(name, []) + [0] * len(value)
            records = [
                (line, [(str(key), _spell(item[key]), line, 1) for key in item])
                for line, item in zip(lines, value, strict=False)
            ]
            grids.append(_to_grid(records, read, 1))
    return grids


def _spell(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(_spell, value[:_ITEMS]))
    if isinstance(value, dict):
        return "\n".join(_spell(part) for part in list(value.values())[:_ITEMS])
    return str(value)


def _lists(node: Any, depth: int) -> Iterator[Any]:
    """The sequences of mappings in a tree, and mappings of dates to mappings, outermost first."""
    listed = isinstance(node, yaml.SequenceNode) and any(isinstance(item, yaml.MappingNode) for item in node.value)
    if listed or (isinstance(node, yaml.MappingNode) and _is_calendar(node)):
        yield node
    elif isinstance(node, yaml.MappingNode) and depth < 4:
        for _, value in node.value[:1000]:
            yield from _lists(value, depth + 1)


def _is_calendar(node: Any) -> bool:
    """Whether a mapping has dates as its keys and a mapping for each of them."""
    dated = sum(isinstance(key, yaml.ScalarNode) and is_date(key.value) for key, _ in node.value)
    return dated >= 2 and dated == len(node.value) and all(isinstance(v, yaml.MappingNode) for _, v in node.value)


def _records(node: Any) -> Iterator[tuple[int, list[_Pair]]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            at, column = key.start_mark.line, key.start_mark.column + 1
            pairs = [pair for name, part in value.value[:100] if (pair := _pair(name, part))]
            yield at, [("date", key.value, at, column), *pairs]
        return
    for item in node.value:
        if isinstance(item, yaml.MappingNode):
            yield from _record(item)


def _record(item: Any) -> Iterator[tuple[int, list[_Pair]]]:
    """A mapping as a record; where its keys are dates, one record for each of them."""
    pairs = [pair for key, value in item.value[:100] if (pair := _pair(key, value))]
    dated = [pair for pair in pairs if is_date(pair[0])]
    line = item.start_mark.line
    if not dated:
        yield line, pairs
        return
    shared = [pair for pair in pairs if pair not in dated]
    for key, value, at, column in dated:
        yield at, [("date", key, at, column), ("title", value, at, column), *shared]


def _pair(key: Any, value: Any) -> _Pair | None:
    if not isinstance(key, yaml.ScalarNode) or _MAP_KEYS.search(key.value):
        return None
    words = "\n".join(islice(_words(value, 0), _ITEMS))
    return key.value, words, value.start_mark.line, value.start_mark.column + 1


def _words(node: Any, depth: int) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield node.value[:4000]
    elif isinstance(node, yaml.SequenceNode) and depth < 3:
        for item in node.value[:_ITEMS]:
            yield from _words(item, depth + 1)
    elif isinstance(node, yaml.MappingNode) and depth < 3:
        for key, value in node.value[:_ITEMS]:
            if isinstance(key, yaml.ScalarNode) and not _MAP_KEYS.search(key.value):
                yield from _words(value, depth + 1)


def _to_grid(records: list[tuple[int, list[_Pair]]], read: Callable[[str, int, int], Cell], first_line: int) -> Grid:
    names = list(dict.fromkeys(pair[0] for _, pairs in records for pair in pairs))[:60]
    places = {name: place for place, name in enumerate(names)}
    headers = tuple(Cell(_title_case(name), first_line, 1) for name in names)
    rows = []
    for line, pairs in records:
        cells = [Cell("", line + first_line, 1)] * len(names)
        for name, value, at, column in pairs:
            if name in places:
                cells[places[name]] = read(value.replace("\n", "<br>"), at + first_line, column)
        rows.append(Row(tuple(cells), line + first_line))
    return Grid(headers, tuple(rows), first_line)


def _title_case(name: str) -> str:
    """A key as words: `topicSummary` is "topic Summary", `video_url` is "video url"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip()[:80]
