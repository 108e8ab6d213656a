"""Nasty texts cost time in proportion to their length, and a large schedule is read at once."""

import time
from collections.abc import Callable
from itertools import count

import pytest

from service.schedule.document import read_document
from service.schedule.layout import DOCUMENT_LIMIT

UNITS = {
    "letters": "a",
    "brackets": "[",
    "links": "[](",
    "closing": "]",
    "stars": "*",
    "emphasis": "* a ",
    "underscores": "_a",
    "ticks": "`",
    "code": "`a``",
    "angles": "<",
    "tags": "<a href='",
    "entities": "&",
    "numeric": "&#x41;",
    "images": "![",
    "quotes": "> ",
    "bullets": "- ",
    "nested": "  - a\n",
    "numbered": "1. a\n",
    "pipes": "|",
    "cells": "a | ",
    "rows": "|a|\n",
    "dashes": "-",
    "delimiters": "--|",
    "tables": "a|b\n--|--\n",
    "headings": "# a\n",
    "fences": "```\n",
    "strikes": "~~a",
    "parens": "(",
    "pairs": "(a)",
    "ats": "a@",
    "dots": "a.",
    "apostrophes": "a'",
    "mails": "a@b.c ",
    "digits": "1",
    "dates": "1/2 ",
    "ranges": "2024-01-02 ~ ",
    "colons": "1:",
    "times": "12:30-",
    "weekdays": "(월",
    "spaces": " ",
    "blank lines": " \n",
    "emoji": "🍖",
    "html": "<table>",
    "html rows": "<tr><td>",
    "comments": "<!--",
    "summaries": "<summary>",
    "definitions": "[a]: b\n",
    "references": "[a][b] ",
    "urls": "https://a.b/",
    "front": "---\n",
    "escapes": "\\",
    "names": "Ada and ",
    "notices": "(cancelled ",
    "weeks": "1주차 ",
    "months": "Jan ",
}


def day(index: int) -> str:
    return f"2024-{1 + index // 28 % 12:02}-{1 + index % 28:02}"


def fill(make: Callable[[int], str], size: int, head: str = "") -> str:
    """`head` and as many pieces of `make` as `size` characters hold."""
    pieces, length = [head], len(head)
    for index in count():
        piece = make(index)
        length += len(piece)
        if length > size:
            return "".join(pieces)
        pieces.append(piece)
    raise AssertionError


TABLE = "date | title | speaker\n-- | -- | --\n"
RUN = TABLE + "2024-01-02 | t | s\n" * 70
NAMES = ", ".join(f"Ada O{index}" for index in range(40))
SHAPES: dict[str, tuple[str, Callable[[int], str]]] = {
    "csv rows": ("csv", lambda size: fill(lambda n: f"{day(n)},t{n},Ada Oak\n", size, "date,title,speaker\n")),
    "csv short rows": ("csv", lambda size: "a\n" * (size // 2)),
    "csv quotes": ("csv", lambda size: '"' * size),
    "csv columns": ("csv", lambda size: "," * (size - 2) + "\na"),
    "yaml rows": ("yaml", lambda size: fill(lambda n: f"- date: {day(n)}\n  title: t{n}\n  speaker: Ada\n", size)),
    "yaml short rows": ("yaml", lambda size: "- a: b\n" * (size // 7)),
    "yaml flow": ("yaml", lambda size: "[" + "{a: b}," * (size // 7) + "]"),
    "yaml aliases": ("yaml", lambda size: "- &x [a]\n" + "- *x\n" * (size // 5)),
    "toml rows": ("toml", lambda size: fill(lambda n: f"[[s]]\ndate = {day(n)}\ntitle = 't{n}'\n", size)),
    "toml arrays": ("toml", lambda size: fill(lambda n: f"[[a{n}]]\n", size)),
    "toml dots": ("toml", lambda size: "a" + ".a" * (size // 2) + " = 1"),
    "toml inline": ("toml", lambda size: "a = [" + "{b=1}," * (size // 6) + "]"),
    "bullets": ("markdown", lambda size: fill(lambda n: f"- {day(n)} t{n} - Ada Oak\n", size)),
    "bullets below": ("markdown", lambda size: fill(lambda n: f"  - Ada{n}\n", size, "- 1/2 a\n- 1/3 b\n")),
    "headings": ("markdown", lambda size: fill(lambda n: f"## {day(n)} t{n}\n- Ada\n\n", size)),
    "tables": ("markdown", lambda size: fill(lambda n: f"date|speekr{n}\n--|--\n1/2|x\n\n", size)),
    "html": ("markdown", lambda size: fill(lambda n: f"<tr><td>{day(n)}<td>t{n}", size, "<table>")),
    "continuations": (
        "markdown",
        lambda size: fill(lambda n: f"| | t{n} | Bo{n}, {NAMES} |\n", size, RUN) + "1/2|t|s\n",
    ),
    "columns": ("markdown", lambda size: "|" * (size - 9) + "\n|--|--|\n"),
    "wide rows": ("markdown", lambda size: TABLE + ("x|" * 50 + "\n") * (size // 101)),
    "across": (
        "markdown",
        lambda size: fill(lambda n: f"|{day(n)}", size // 2, "|x") + "\n|--|\n|" + "t|" * (size // 4),
    ),
    "many links": ("markdown", lambda size: fill(lambda n: f"{day(n)} | {'[a](b) ' * 40}{n}\n", size, TABLE)),
    "many breaks": ("markdown", lambda size: fill(lambda n: f"{day(n)} | {'a<br>' * 60}{n}\n", size, TABLE)),
    "many years": ("markdown", lambda size: fill(lambda n: f"# 20{n % 50:02}\n", size // 2) + "1/2|t\n--|--\n1/3|u\n"),
}


def seconds(text: str, form: str = "markdown", rounds: int = 2) -> float:
    """The processor time that reading takes; the best of all rounds, so that other work on the machine counts less."""
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        read_document(text, form=form, year=2024)
        spent.append(time.process_time() - start)
    return min(spent)


def in_cells(unit: str, size: int, length: int = 1800) -> str:
    words = unit.replace("\n", " ").replace("|", "/")
    cell = words * (length // len(words))
    rows = "".join(f"1/{1 + index % 28} | {index}{cell} | {cell}\n" for index in range(size // (2 * length)))
    return TABLE + rows


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_twice_the_text_takes_about_twice_the_time(unit: str) -> None:
    builds: list[Callable[[int], str]] = [
        lambda size: (unit * size)[:size],
        lambda size: in_cells(unit, size),
        lambda size: in_cells(unit, size, 250),
    ]
    for build in builds:
        assert_linear(build)


@pytest.mark.parametrize(("form", "build"), SHAPES.values(), ids=SHAPES.keys())
def test_twice_a_shape_takes_about_twice_the_time(form: str, build: Callable[[int], str]) -> None:
    assert_linear(build, form)


def assert_linear(build: Callable[[int], str], form: str = "markdown") -> None:
    once, twice = seconds(build(10_000), form), seconds(build(20_000), form)
    assert twice < 3 * once + 0.1
    assert twice < 1.0


@pytest.mark.parametrize("shape", ["continuations", "toml arrays", "toml dots", "yaml aliases", "many links", "tables"])
def test_a_document_at_the_limit_ends_soon(shape: str) -> None:
    form, build = SHAPES[shape]
    assert seconds(build(DOCUMENT_LIMIT - 100), form, rounds=1) < 5.0


def test_a_thousand_sessions_are_read_at_once() -> None:
    rows = "".join(
        f"| {index} | 2024-{1 + index % 12:02}-{1 + index % 28:02} | [Paper {index}](https://example.org/{index}) "
        f"| Ada Oak, Bo Fir |\n"
        for index in range(1000)
    )
    text = "| Week | Date | Title | Speaker |\n|--|--|--|--|\n" + rows
    assert len(read_document(text).entries) == 1000
    assert seconds(text) < 1.0
