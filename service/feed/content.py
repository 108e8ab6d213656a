"""Content lines: texts that every calendar program reads back as they were (RFC 5545 3.1 and 3.3.11).

Written by hand, for a feed is hardly anything else, and the library that the tests hold every line against takes twenty
times as long.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from service.schedule.text import clean_line, clean_text

__all__ = ["fold_line", "plain_line", "plain_name", "plain_text", "write_day", "write_lines", "write_moment"]

_LONGEST: Final = 74
"""In octets, without the line break. RFC 5545 3.1 allows 75; a line that goes on from another begins with a space."""
_NAME_BREAKERS: Final = re.compile(r"\s*[,;\\]+\s*")


def plain_line(text: str) -> str:
    """A TEXT value of one line, with its escapes. One control character makes some programs refuse a whole calendar,
    so none passes here.
    """
    return _escape(clean_line(text))


def plain_text(text: str) -> str:
    """A TEXT value that may have several lines."""
    return _escape(clean_text(text))


def plain_name(text: str) -> str:
    """The name of a calendar, which some programs show with its escapes: a middle dot stands for what needs any."""
    return _NAME_BREAKERS.sub(" · ", clean_line(text)).strip()


def write_day(day: date) -> str:
    """A DATE value (RFC 5545 3.3.4)."""
    return f"{day.year:04}{day.month:02}{day.day:02}"


def write_moment(moment: datetime) -> str:
    """A DATE-TIME value by the wall clock of `moment`, without its zone (RFC 5545 3.3.5)."""
    return f"{write_day(moment)}T{moment.hour:02}{moment.minute:02}{moment.second:02}"


def write_lines(lines: Iterable[str]) -> bytes:
    """These content lines, each folded and ended."""
    return b"".join(fold_line(line) + b"\r\n" for line in lines)


def fold_line(line: str) -> bytes:
    r"""One content line without its line break, folded as late as its characters and escapes allow.

    Folds are allowed anywhere, but Google leaves out events in which a `\n` is torn. No program has to do better with
    other escapes, or with the characters of UTF-8.
    """
    rest, pieces = line.encode(), []
    while len(rest) > _LONGEST:
        end = _find_fold(rest)
        pieces.append(rest[:end])
        rest = rest[end:]
    return b"\r\n ".join((*pieces, rest))


def _find_fold(octets: bytes) -> int:
    """How many of these octets fill a line."""
    end = _LONGEST
    while octets[end] & 0xC0 == 0x80:  # it is not the first octet of a character
        end -= 1
    piece = octets[:end]
    backslashes = end - len(piece.rstrip(b"\\"))
    return end - 1 if backslashes % 2 or piece.endswith(b"^") else end  # carets escape in parameters: RFC 6868


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
