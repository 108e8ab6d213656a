"""Content lines: texts that every calendar program reads back as they were (RFC 5545 3.3.11)."""

import re
from typing import Final

from icalendar import vText

from service.schedule.text import clean_line, clean_text

__all__ = ["Text", "plain_line", "plain_name", "plain_text"]

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
