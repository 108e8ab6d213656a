"""The shape of the code: small modules with one noun each, short functions, a docstring atop every module.

The arrows between the rooms are checked by `lint-imports` (see `make check`).
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import service

HOUSE = Path(service.__file__).parent
MODULES = {file.relative_to(HOUSE).as_posix(): file.read_text("utf-8") for file in sorted(HOUSE.rglob("*.py"))}
HISTORY = "store/migrations/versions/"  # a migration lists what was made at once, and is never edited again
MOST_LINES = 200
LONGEST_FUNCTION = 30
SAYS_NOTHING = re.compile(r"(utils?|helpers?|managers?|base|common|handlers?|misc)(\.py)?")


def functions(source: str) -> Iterator[tuple[str, int]]:
    """The functions of a module, and how many lines each takes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1


def test_modules_are_small() -> None:
    lines = {name: len(source.splitlines()) for name, source in MODULES.items()}

    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_every_module_begins_by_saying_what_it_is_about() -> None:
    assert [name for name, source in MODULES.items() if not ast.get_docstring(ast.parse(source))] == []


def test_functions_are_short() -> None:
    living = {name: source for name, source in MODULES.items() if not name.startswith(HISTORY)}
    long = [
        f"{name}: {function} takes {count} lines"
        for name, source in living.items()
        for function, count in functions(source)
        if count > LONGEST_FUNCTION
    ]

    assert long == []


def test_modules_are_named_after_what_they_hold() -> None:
    assert [name for name in MODULES if any(map(SAYS_NOTHING.fullmatch, name.split("/")))] == []
