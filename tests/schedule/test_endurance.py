"""Nasty texts cost time in proportion to their length, and a large schedule is read at once."""

import time

import pytest

from service.schedule.document import read_document

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


def seconds(text: str) -> float:
    """The processor time that reading takes; the better of two, so that other work on the machine counts less."""
    spent = []
    for _ in range(2):
        start = time.process_time()
        read_document(text, year=2024)
        spent.append(time.process_time() - start)
    return min(spent)


def in_cells(unit: str, size: int) -> str:
    words = unit.replace("\n", " ").replace("|", "/")
    cell = (words * (1800 // len(words)))[:1800]
    rows = "".join(f"1/{1 + index % 28} | {cell} | {cell}\n" for index in range(size // 3600))
    return "date | title | speaker\n-- | -- | --\n" + rows


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_twice_the_text_takes_about_twice_the_time(unit: str) -> None:
    for build in (lambda size: (unit * size)[:size], lambda size: in_cells(unit, size)):
        once, twice = seconds(build(15_000)), seconds(build(30_000))
        assert twice < 3 * once + 0.1
        assert twice < 1.5


def test_a_thousand_sessions_are_read_at_once() -> None:
    rows = "".join(
        f"| {index} | 2024-{1 + index % 12:02}-{1 + index % 28:02} | [Paper {index}](https://example.org/{index}) "
        f"| Ada Oak, Bo Fir |\n"
        for index in range(1000)
    )
    text = "| Week | Date | Title | Speaker |\n|--|--|--|--|\n" + rows
    assert len(read_document(text).entries) == 1000
    assert seconds(text) < 1.0
