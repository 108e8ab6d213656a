"""The layout of a document in any of its forms: the page of a text, and what kept it from being read."""

import csv
import re
import tomllib
from dataclasses import replace

import yaml

from service.schedule.cells import CELLS_LIMIT, CellReader, TooManyCellsError
from service.schedule.delimited import read_delimited
from service.schedule.diagnostic import Diagnostic, Severity
from service.schedule.mapping import read_toml, read_yaml
from service.schedule.markdown import Page, read_markdown
from service.schedule.text import clean_line

__all__ = ["DOCUMENT_LIMIT", "FORMS", "LINE_LIMIT", "ROW_LIMIT", "lay_out"]

_TITLE = re.compile(r"^(?:title|name)[ \t]*[:=][ \t]*[\"']?([^\n]*?)[\"']?[ \t]*$", re.MULTILINE)

FORMS = ("markdown", "csv", "yaml", "toml")
"""The forms that a document can have."""

DOCUMENT_LIMIT = 512 * 1024
"""How many bytes of UTF-8 a document may have."""

LINE_LIMIT = 10_000
"""How many lines a Markdown document may have."""

ROW_LIMIT = 2000
"""How many rows of tables, headers included, and items of lists a document may have, all together."""


def lay_out(text: str, form: str) -> tuple[Page, tuple[Diagnostic, ...]]:
    """The page of `text` and the remarks on its form; a text that cannot be read is an empty page with an error."""
    if len(text.encode()) > DOCUMENT_LIMIT:
        return _refuse_size(f"{DOCUMENT_LIMIT // 1024} KiB")
    if form == "markdown" and text.count("\n") > LINE_LIMIT:
        return _refuse_size(f"{LINE_LIMIT} lines")
    reader = CellReader()
    try:
        page = _read_form(text, form, reader)
        rows = sum(1 + len(grid.rows) for grid in page.grids) + sum(len(outline.bullets) for outline in page.outlines)
        return (page, tuple(reader.remarks)) if rows <= ROW_LIMIT else _refuse_size(f"{ROW_LIMIT} rows and list items")
    except TooManyCellsError:
        return _refuse_size(f"{CELLS_LIMIT} cells")
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


def _read_form(text: str, form: str, reader: CellReader) -> Page:
    match form:
        case "csv":
            grid = read_delimited(text, reader.read)
            return Page("", (grid,) if grid else (), (), ())
        case "yaml":
            return Page(_root_title(text), tuple(read_yaml(text, reader.read)), (), ())
        case "toml":
            return Page(_root_title(text), tuple(read_toml(text, reader.read)), (), ())
        case _:
            return _with_front(read_markdown(text, reader), reader)


def _root_title(text: str) -> str:
    """The title that a YAML or TOML document gives itself before its lists."""
    found = _TITLE.search(text)
    return clean_line(found.group(1))[:200] if found else ""


def _with_front(page: Page, reader: CellReader) -> Page:
    """`page` with the lists of mappings in its front matter as grids."""
    if "\n  - " not in page.front and "\n- " not in page.front:
        return page
    try:
        return replace(page, grids=(*page.grids, *read_yaml(page.front, reader.read, 2)))
    except (yaml.YAMLError, RecursionError):
        return page


def _refuse_size(limit: str) -> tuple[Page, tuple[Diagnostic, ...]]:
    message = f"The document is larger than {limit}. Split it, or give the schedule a document of its own."
    return _refuse("document-too-large", message)


def _refuse(code: str, message: str, line: int = 1, column: int = 1) -> tuple[Page, tuple[Diagnostic, ...]]:
    return Page("", (), (), ()), (Diagnostic(line, column, Severity.ERROR, code, message),)
