"""The layout of a document in any of its forms: the page of a text, and what kept it from being read."""

import csv
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace

import yaml

from service.schedule.delimited import read_delimited
from service.schedule.diagnostic import Diagnostic, Severity
from service.schedule.grid import Cell
from service.schedule.inline import new_parser, read_cell
from service.schedule.mapping import read_toml, read_yaml
from service.schedule.markdown import Page, read_markdown

__all__ = ["FORMS", "lay_out"]

FORMS = ("markdown", "csv", "yaml", "toml")
"""The forms that a document can have."""

_Read = Callable[[str, int, int], Cell]


def lay_out(text: str, form: str) -> tuple[Page, tuple[Diagnostic, ...]]:
    """The page of `text` and the errors of its form; a text that cannot be read is an empty page."""
    parser = new_parser()

    def read(source: str, line: int, column: int) -> Cell:
        return read_cell(parser, source, line, column, {})

    try:
        return _read_form(text, form, read), ()
    except csv.Error as error:
        return _refuse("csv-unreadable", f"This is not CSV: {error}. Check the quotation marks.")
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(found.group(1)), int(found.group(2))) if found else (1, 1)
        return _refuse("toml-unreadable", f"This is not TOML: {error}.", line, column)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = getattr(error, "problem", None) or "it cannot be read"
        return _refuse("yaml-unreadable", f"This is not YAML: {problem}. Check indentation, colons and quotes.", *place)
    except (RecursionError, ValueError):
        message = "The document is nested too deeply or broken. Write the schedule as one flat table."
        return _refuse("document-unreadable", message)


def _read_form(text: str, form: str, read: _Read) -> Page:
    match form:
        case "csv":
            grid = read_delimited(text, read)
            return Page("", (grid,) if grid else (), (), ())
        case "yaml":
            return Page("", tuple(read_yaml(text, read)), (), ())
        case "toml":
            return Page("", tuple(read_toml(text, read)), (), ())
        case _:
            return _with_front(read_markdown(text), read)


def _with_front(page: Page, read: _Read) -> Page:
    """`page` with the lists of mappings in its front matter as grids."""
    if "\n  - " not in page.front and "\n- " not in page.front:
        return page
    try:
        return replace(page, grids=(*page.grids, *read_yaml(page.front, read, 2)))
    except (yaml.YAMLError, RecursionError):
        return page


def _refuse(code: str, message: str, line: int = 1, column: int = 1) -> tuple[Page, tuple[Diagnostic, ...]]:
    return Page("", (), (), ()), (Diagnostic(line, column, Severity.ERROR, code, message),)
