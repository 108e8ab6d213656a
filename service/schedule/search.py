"""The search for the schedule on a page: which tables and lists are it, and which are something else."""

from collections import Counter
from dataclasses import replace

from service.schedule.bullets import OutlineReading
from service.schedule.draft import Draft
from service.schedule.markdown import Page
from service.schedule.table import TableReading

__all__ = ["find_sessions"]


def find_sessions(page: Page) -> list[list[Draft]]:
    """The sessions of a page, one list for each table or list that is (a part of) the schedule.

    Tables with dates come before lists with dates, these before what is only numbered.
    """
    tables = [TableReading(grid) for grid in page.grids]
    if chosen := [table for table in tables if table.is_dated]:
        known = frozenset(name for table in chosen for name in table.names())
        return _with_types([(table.grid.path, table.drafts(known)) for table in chosen])
    lists = [OutlineReading(outline) for outline in page.outlines]
    dated = [reading for reading in lists if reading.is_schedule]
    if dated:
        return _with_types([(reading.outline.path, reading.drafts()) for reading in _outermost(dated)])
    if numbered := [table for table in tables if table.is_numbered]:
        return _with_types([(table.grid.path, table.drafts()) for table in numbered])
    return [reading.drafts() for reading in lists if reading.is_numbered][:1]


def _outermost(readings: list[OutlineReading]) -> list[OutlineReading]:
    """Of lists and headings that hold the same sessions, those with more dates; in the document's order."""
    headings = [reading for reading in readings if not reading.outline.path]
    lists = [reading for reading in readings if reading.outline.path or len(readings) == 1]
    chosen = headings if sum(r.dated for r in headings) > sum(r.dated for r in lists) else lists or headings
    return sorted(chosen, key=lambda reading: reading.outline.line)


def _with_types(blocks: list[tuple[tuple[str, ...], list[Draft]]]) -> list[list[Draft]]:
    """The blocks; where several stand under headings of their own, the heading that tells them apart is their type."""
    blocks = [(path, drafts) for path, drafts in blocks if drafts]
    names = Counter(name for path, _ in blocks for name in set(path))
    if len(blocks) < 2:
        return [drafts for _, drafts in blocks]
    own = [next((name for name in reversed(path) if names[name] == 1), "") for path, _ in blocks]
    return [[_typed(draft, name) for draft in drafts] for name, (_, drafts) in zip(own, blocks, strict=True)]


def _typed(draft: Draft, section: str) -> Draft:
    name = section.partition("(")[0].partition("（")[0].strip()
    if draft.type or not name or any(mark.isdigit() for mark in name):
        return draft
    return replace(draft, type=name[:80])
