"""The cell of a date: which of its numbers are the date, and what stands beside it."""

import re

from service.schedule.dates import WrittenDate, find_dates
from service.schedule.numbering import read_number
from service.schedule.weekday import strip_weekdays

__all__ = ["blank_dates", "dates_of", "is_unfinished_date", "without_dates"]

_UNFINISHED = re.compile(r"(?:19|20)\d\d\s?[-./년年]?\s?(?:\d{1,2}\s?[-./월月]?)?\s?[?x_]*", re.IGNORECASE)
_LETTER = re.compile(r"[a-zÀ-ÿ]", re.IGNORECASE)
_WEEK_OF = re.compile(r"\b(?:week|of|date|on|the)\b", re.IGNORECASE)


def is_unfinished_date(text: str) -> bool:
    """Whether `text` is a date that somebody began to write: a year, or a year and a month."""
    return _UNFINISHED.fullmatch(text.strip()) is not None and bool(text.strip())


def dates_of(text: str) -> tuple[WrittenDate, ...]:
    """The dates of a date's cell; a count behind a word, like "Ada (4/4)", is none."""
    found = find_dates(text, weak=True)
    if found and _says_more(text[: found[0].start]):
        return ()
    return found


def _says_more(before: str) -> bool:
    words = _WEEK_OF.sub("", strip_weekdays(read_number(before)[1])).rpartition(":")[2]
    return len(_LETTER.findall(words)) > 4


def without_dates(text: str) -> str:
    """`text` without its dates and the brackets that held them."""
    for found in reversed(find_dates(text, weak=False)):
        text = text[: found.start] + " " + text[found.end :]
    return re.sub(r"[(（\[]\s*[,;&~-]?\s*[)）\]]", " ", text).strip()


def blank_dates(text: str) -> str:
    """`text` with its dates as blanks, so that their numbers are not read as times."""
    for found in reversed(find_dates(text, weak=True)):
        text = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    return text
