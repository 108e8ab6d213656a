"""Completion: drafts become entries once the years of their dates are known."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from service.schedule.datecell import blank_dates, is_unfinished_date
from service.schedule.dates import find_dates
from service.schedule.diagnostic import Diagnostic, Severity
from service.schedule.draft import Draft
from service.schedule.entry import Entry
from service.schedule.markdown import Page
from service.schedule.remarks import remark_drafts
from service.schedule.times import find_time
from service.schedule.wording import is_open
from service.schedule.years import Placed, settle_dates

__all__ = ["complete_drafts", "find_first_day", "find_years", "remark_told_time"]

_YEAR = re.compile(r"(?<![\d./-])(20[0-4]\d)(?!\d)")
_SEASON = re.compile(r"(?<![\d.])'?(\d\d)\s?(?:년|年|학년|/\d\d)")
_BEGINNING = re.compile(
    r"기간|일정|일시|시작|개강|~|～|부터|から|start|begin|period|since|from|when|日程|期間|期间|时间", re.IGNORECASE
)
_REGULARLY = re.compile(
    r"매주|격주|매월|시간\s?[:：]|일시\s?[:：]|\bevery\b|\bweekly\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days\b"
    r"|\b(?:time|when)\W{0,4}:|毎週|隔週|每周|每週|時間\s?[:：]|时间\s?[:：]",
    re.IGNORECASE,
)
_PROSE = 400


def complete_drafts(
    blocks: Sequence[Sequence[Draft]], years: Sequence[int]
) -> tuple[tuple[Entry, ...], tuple[Diagnostic, ...]]:
    """The entries of all blocks in the document's order, and what is remarkable about their dates.

    `years` are the years that the earliest date may be in, the likeliest first.
    """
    placed = [[Placed(draft.written, draft.year_above) for draft in block if draft.written] for block in blocks]
    settled = settle_dates(placed, years)
    entries: list[Entry] = []
    remarks: list[Diagnostic] = []
    for block, known in zip(blocks, settled, strict=True):
        upcoming = iter(known)
        days = [next(upcoming) if draft.written else None for draft in block]
        entries.extend(_complete(draft, day) for draft, day in zip(block, days, strict=True))
        remarks.extend(remark_drafts(block, days))
    return tuple(entries), tuple(remarks)


def find_years(page: Page) -> list[int]:
    """The years that a page names: in its front matter, its title, its headings, then its text."""
    named = list(_years_of(page.front)) + list(_years_of(page.title))
    for part in sorted(page.prose[:_PROSE], key=lambda part: part.level == 0):
        named.extend(_years_of(part.text[:300]))
    return list(dict.fromkeys(named))


def find_first_day(page: Page) -> date | None:
    """The day on which the page's text says that the series begins, or None."""
    section = ""
    for part in page.prose[:_PROSE]:
        section = part.text if part.level else section
        found = find_dates(part.text[:200], weak=False)
        if found and found[0].readings[0].year and _BEGINNING.search(section + " " + part.text[:200]):
            reading = found[0].readings[0]
            return date(reading.year or 0, reading.month, reading.day)
    return None


def remark_told_time(page: Page, entries: Sequence[Entry]) -> Iterator[Diagnostic]:
    """A note on the time that only the page's text tells: it may be an old one, so the settings are to say it."""
    if not entries or any(entry.begins for entry in entries):
        return
    for part in page.prose[:_PROSE]:
        told = find_time(blank_dates(part.text[:200])) if _REGULARLY.search(part.text[:200]) else None
        if told:
            doubt = " (morning or afternoon?)" if told.assumed else ""
            message = (
                f"The text seems to say that sessions begin at {told.begins:%H:%M}{doubt}, but no row does. "
                f'If they do, set starts_at = "{told.begins:%H:%M}" in the settings; without it they last all day.'
            )
            yield Diagnostic(part.line, 1, Severity.NOTE, "time-in-prose", message)
            return


def _years_of(text: str) -> Iterator[int]:
    for found in find_dates(text):
        if year := found.readings[0].year:
            yield year
    for match in _YEAR.finditer(text):
        yield int(match.group(1))
    for match in _SEASON.finditer(text):
        yield 2000 + int(match.group(1))


def _complete(draft: Draft, day: date | None) -> Entry:
    time = draft.time
    return Entry(
        line=draft.line,
        column=draft.column,
        title=draft.title,
        number=draft.number,
        type=draft.type,
        speakers=draft.speakers,
        affiliation=draft.affiliation,
        place=draft.place,
        links=draft.links,
        note=draft.note,
        status=draft.status,
        day=day,
        day_open=day is None and (draft.written is not None or is_open(draft.when) or is_unfinished_date(draft.when)),
        begins=time.begins if time else None,
        ends=time.ends if time else None,
        lasts_days=draft.written.lasts_days if draft.written and day else 1,
        duration=draft.duration,
        zone=draft.zone,
        id=draft.id,
    )
