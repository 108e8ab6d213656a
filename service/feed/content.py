"""Content lines: texts that every calendar program reads back as they were (RFC 5545 3.3.11)."""

import re
from typing import Final

from icalendar import vText

from service.schedule.text import clean_line, clean_text

__all__ = ["Text", "fold_line", "mend_folds", "plain_line", "plain_name", "plain_text"]

_LONGEST_LINE: Final = 75
"""In octets, without the line break (RFC 5545 3.1)."""
_SPLIT_ESCAPE: Final = re.compile(rb"(?<!\\)\\(?:\\\\)*\r\n ")
_PIECE: Final = re.compile(r"\\?.", re.DOTALL)
_NAME_BREAKERS: Final = re.compile(r"\s*[,;\\]+\s*")


class Text(vText):
    r"""A TEXT value. Unlike icalendar's own it keeps the two characters `\N` what they are: no line break."""

    def to_ical(self) -> bytes:
        """The escaped text in UTF-8."""
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def plain_line(text: str) -> Text:
    """A value of one line. One control character makes some programs refuse a whole calendar, so none passes here."""
    return Text(clean_line(text))


def plain_text(text: str) -> Text:
    """A value that may have several lines."""
    return Text(clean_text(text))


def plain_name(text: str) -> Text:
    """The name of a calendar, which some programs show with its escapes: a middle dot stands for what needs any."""
    return Text(_NAME_BREAKERS.sub(" · ", clean_line(text)).strip())


def mend_folds(rendered: bytes) -> bytes:
    r"""These content lines without a fold inside an escape: icalendar folds between two backslashes.

    Folds are allowed anywhere (RFC 5545 3.1), but Google leaves out events in which a `\n` is torn. No program has to
    do better with other escapes.
    """
    if b"\\\r\n " not in rendered or not _SPLIT_ESCAPE.search(rendered):  # the first is much quicker
        return rendered
    return b"\r\n".join(map(fold_line, rendered.replace(b"\r\n ", b"").split(b"\r\n")))


def fold_line(line: bytes) -> bytes:
    """One content line without its line break, folded as late as its characters and escapes allow."""
    folded, width = bytearray(), 0
    for piece in _PIECE.findall(line.decode()):
        octets = piece.encode()
        if width + len(octets) > _LONGEST_LINE:
            folded += b"\r\n "
            width = 1
        folded += octets
        width += len(octets)
    return bytes(folded)
