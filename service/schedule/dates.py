"""Dates as people write them: with or without a year, in any order, in four languages."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from service.schedule.weekday import find_weekday

__all__ = ["Order", "Reading", "WrittenDate", "find_dates", "is_date"]


class Order(StrEnum):
    """In which order a date's numbers stand; two numbers are read without the year."""

    YMD = "year month day"
    MDY = "month day year"
    DMY = "day month year"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a written date; the year may be unknown."""

    order: Order
    year: int | None
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date found in a text at `start`:`end`: all its possible readings, the likeliest first.

    `weekday` (Monday is 0) is what stands beside it. `lasts_days` is more than 1 for a range. A `weak` form, like
    5.12 or 250915, is a date only where dates are expected.
    """

    readings: tuple[Reading, ...]
    start: int
    end: int
    weekday: int | None = None
    lasts_days: int = 1
    weak: bool = False


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_FORMS: tuple[tuple[str, bool], ...] = (
    (r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[-./년年]\s?(?P<m>\d\d?)\s?[-./월月]\s?(?P<d>\d\d?)(?!\d)(?:\s?[일日号])?", False),
    (r"(?<!\d)(?P<y>(?:19|20)\d\d)\s{1,3}(?P<m>\d\d?)/(?P<d>\d\d?)(?![\d/])", False),
    (r"(?<!\d)'?(?P<y>\d\d)년\s?(?P<m>\d\d?)월\s?(?P<d>\d\d?)일", False),
    (r"(?<!\d)(?P<m>\d\d?)\s?[월月]\s?(?P<d>\d\d?)(?:\s?[일日号]|(?!\d))", False),
    (r"(?<!\d)(?P<d>\d\d?)-" + _MONTH + r"-(?P<yy>\d\d)(?!\d)", False),
    (r"(?<![a-z])" + _MONTH + r"[\s-]{0,3}(?P<d>\d\d?)(?:st|nd|rd|th)?(?!\d|:\d)(?:,?\s{1,2}(?P<y>20\d\d))?", False),
    (
        r"(?<![\d:])(?P<d>\d\d?)(?:st|nd|rd|th)?\\?\.?[\s-]{0,3}(?:of\s)?"
        + _MONTH
        + r"(?:[\s,-]{0,3}(?P<y>20\d\d)(?!\d)|[-'](?P<yy>\d\d)(?!\d))?",
        False,
    ),
    (r"(?<![\d/.-])(?P<a>\d\d?)[./](?P<b>\d\d?)\s{1,3}(?P<y>20\d\d)(?!\d)", False),
    (r"(?<!\w)['’](?P<yy>\d\d)\s?(?P<s>[-./])\s?(?P<m>\d\d?)\s?(?P=s)\s?(?P<d>\d\d?)(?!\d)", False),
    (r"(?<![\d/.-])'?(?P<a>\d\d?)\s?(?P<s>[-./])\s?(?P<b>\d\d?)\s?(?P=s)\s?(?P<c>20\d\d|\d\d)(?![\d/])", False),
    (r"(?<![\d/.:-])(?P<a>\d\d?)\s?/\s?(?P<b>\d\d?)(?![\d/]|:\d)", False),
    (r"(?<![\w./-])(?P<yy>\d\d)(?P<s>[-./])\s?(?P<m>\d\d?)(?P=s)\s?(?P<d>\d)(?![\d/]|[.-]\d)", True),
    (r"(?<!\d)(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)", True),
    (r"(?<!\d)(?P<yy>\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)", True),
    (r"(?<![a-z\d/.:-])(?P<a>\d\d?)[.-](?P<b>\d\d?)(?!\d|[:.-]\d)", True),
)
_PATTERNS = tuple((re.compile(form, re.IGNORECASE), weak) for form, weak in _FORMS)
_DIGIT = re.compile(r"\d")
_TO = re.compile(
    r"(?:\s|[(（][^()（）]{1,5}[)）]|[월화수목금토일]요일){0,3}(?:~|～|–|—|-|〜|to|부터|から)\s{0,3}", re.IGNORECASE
)
_DAY_ONLY = re.compile(r"\s?[-–~～]\s?(\d\d?)(?:,\s?(20\d\d)(?!\d)|(?!\d|\s?[:시時/.]|\s?[ap]m))", re.IGNORECASE)


@lru_cache(maxsize=8192)
def find_dates(text: str, *, weak: bool = False) -> tuple[WrittenDate, ...]:
    """The dates of `text` in its order, ranges as one; weak forms only if asked for."""
    if not _DIGIT.search(text):
        return ()
    taken: list[WrittenDate] = []
    for pattern, is_weak in _PATTERNS:
        if is_weak and not weak:
            continue
        for match in pattern.finditer(text):
            if all(match.end() <= other.start or match.start() >= other.end for other in taken) and (
                readings := tuple(_readings(match))
            ):
                taken.append(WrittenDate(readings, match.start(), match.end(), weak=is_weak))
                if len(taken) > 20:
                    break
    taken.sort(key=lambda found: found.start)
    return tuple(_join_ranges(text, taken))


def is_date(text: str) -> bool:
    """Whether `text` begins with a date, apart from marks and a day of the week."""
    found = find_dates(text[:80], weak=True)
    return bool(found) and not re.search(r"\w{8}", text[: found[0].start])


def _readings(match: re.Match[str]) -> Iterator[Reading]:
    parts = match.groupdict()
    year = int(parts["y"]) if parts.get("y") else None
    year = 2000 + int(parts["yy"]) if parts.get("yy") else year
    year = year + 2000 if year is not None and year < 100 else year
    if parts.get("a") is None:
        month = _MONTHS.index(parts["name"][:3].lower()) + 1 if parts.get("name") else int(parts["m"])
        yield from _valid(Order.YMD, year, month, int(parts["d"]))
        return
    first, second = int(parts["a"]), int(parts["b"])
    if parts.get("c") is None:
        yield from _valid(Order.MDY, year, first, second)
        yield from _valid(Order.DMY, year, second, first)
        return
    third = int(parts["c"])
    dotted = [Order.YMD, Order.DMY, Order.MDY] if parts["s"] == "." else [Order.MDY, Order.DMY, Order.YMD]
    if parts["s"] == "-":
        dotted = [Order.YMD, Order.MDY, Order.DMY]
    for order in dotted:
        if order is Order.YMD and third < 100:
            yield from _valid(order, 2000 + first, second, third)
        elif order is not Order.YMD:
            month, day = (first, second) if order is Order.MDY else (second, first)
            yield from _valid(order, third if third > 100 else 2000 + third, month, day)


def _valid(order: Order, year: int | None, month: int, day: int) -> Iterator[Reading]:
    if 1 <= month <= 12 and 1 <= day <= monthrange(year or 2000, month)[1] and (year is None or 1990 <= year < 2100):
        yield Reading(order, year, month, day)


def _join_ranges(text: str, found: list[WrittenDate]) -> Iterator[WrittenDate]:
    index = 0
    while index < len(found):
        here = found[index]
        here = replace(here, weekday=find_weekday(_around(text, found, index)))
        index += 1
        if index < len(found) and _TO.fullmatch(text, here.end, found[index].start):
            yield replace(here, end=found[index].end, lasts_days=_days(here, found[index]))
            index += 1
        elif (last := _DAY_ONLY.match(text, here.end)) and not here.weak:
            here = _in_year(here, last.group(2))
            yield replace(here, end=last.end(), lasts_days=_days_until(here, int(last.group(1))))
        else:
            yield here


def _in_year(written: WrittenDate, year: str | None) -> WrittenDate:
    """A date with the year that stands behind its range: `Jan 23-27, 2023`."""
    if year is None:
        return written
    return replace(written, readings=tuple(replace(reading, year=int(year)) for reading in written.readings))


def _around(text: str, found: list[WrittenDate], index: int) -> str:
    """The words beside a date, up to its neighbours: where its day of the week would stand."""
    here = found[index]
    before = max(here.start - 12, found[index - 1].end if index else 0)
    after = min(here.end + 14, found[index + 1].start if index + 1 < len(found) else len(text))
    return text[here.end : after] + " " + text[before : here.start]


def _days(first: WrittenDate, last: WrittenDate) -> int:
    start, stop = first.readings[0], last.readings[0]
    year = start.year or 2000
    try:
        days = (date(stop.year or year, stop.month, stop.day) - date(year, start.month, start.day)).days + 1
    except ValueError:
        return 1
    return days if 1 <= days <= 31 else 1


def _days_until(first: WrittenDate, day: int) -> int:
    days = day - first.readings[0].day + 1
    return days if 1 <= days <= 31 and day <= 31 else 1
