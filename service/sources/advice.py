"""Advice: what to paste instead of the address of a page that shows a document."""

import re
from typing import Final

from service.sources.location import Location

__all__ = ["advise"]

_SHEET: Final = (
    "this is a page of Google Sheets; there choose File, Share, Publish to web, the sheet and "
    '"Comma-separated values (.csv)", and paste the address it shows'
)
_PAGES: Final = (
    (r"https?://docs\.google\.com/spreadsheets/.*", _SHEET),
    (
        r"https?://github\.com/([^/]+)/([^/]+)/blob/(.+)",
        r"this is a page around the file; paste https://raw.githubusercontent.com/\1/\2/\3",
    ),
    (
        r"https?://github\.com/([^/]+)/([^/]+)/wiki/([^/]+)",
        r"this is a wiki page; paste https://raw.githubusercontent.com/wiki/\1/\2/\3.md",
    ),
    (
        r"https?://github\.com/[^/]+/[^/]+/(issues|pull|discussions)/.*",
        r"a conversation on GitHub has no address for its bare text; keep the schedule in a file of the repository",
    ),
    (
        r"https?://gist\.github\.com/([^/]+)/([0-9a-f]+)",
        r"this is a page around the gist; paste https://gist.githubusercontent.com/\1/\2/raw",
    ),
    (r"(https?://[^/]+)/(.+)/-/blob/(.+)", r"this is a page around the file; paste \1/\2/-/raw/\3"),
    (r"(https?://[^/]+)/([^/]+/[^/]+)/src/branch/(.+)", r"this is a page around the file; paste \1/\2/raw/branch/\3"),
    (r"https?://hackmd\.io/(.+)", r"this is a page around the note; paste https://hackmd.io/\1/download"),
)
_ANY: Final = "this is a web page, not a document; paste the address of the bare Markdown or CSV file"


def advise(location: Location) -> str:
    """What the page at a location is, and the address to use in its place."""
    for pattern, words in _PAGES:
        if found := re.fullmatch(pattern, location.name.rstrip("/")):
            return found.expand(words)
    return _ANY
