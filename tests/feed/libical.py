"""libical: the C library of calendars, as a judge of feeds that is not ours. It checks RFC 5545 and RFC 5546."""

import ctypes
import ctypes.util
import os
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any, Final

import pytest

__all__ = ["Judge", "find_judge"]

Judge = Callable[[bytes], set[str]]
"""Tells everything that is wrong with a feed."""

_ALLOWED: Final = frozenset({"ORGANIZER: Expected 1 instances of the property and got 0"})
"""What it says of every feed with sessions: PUBLISH asks for an ORGANIZER (RFC 5546 3.2.1), and a feed names nobody."""

_ERROR: Final = "X-LIC-ERROR;X-LIC-ERRORTYPE="
_RESTRICTION: Final = "INVALID-ITIP:Failed iTIP restrictions for "


class _Component:
    """A parsed calendar, in the library's memory until it is closed."""

    def __init__(self, library: Any, feed: bytes) -> None:
        self._library = library
        self._address = library.icalparser_parse_string(feed)

    def check(self) -> None:
        """Have what is wrong with it written into it."""
        if self._address:
            self._library.icalrestriction_check(self._address)

    def write(self) -> str:
        """Its text; empty if nothing could be read."""
        if not self._address:
            return ""
        text = self._library.icalcomponent_as_ical_string_r(self._address)
        try:
            return (ctypes.string_at(text) or b"").decode()
        finally:
            self._library.icalmemory_free_buffer(text)

    def close(self) -> None:
        """Give the memory back."""
        if self._address:
            self._library.icalcomponent_free(self._address)


def find_judge() -> Judge:
    """The library's opinion of a feed: lines that cannot be read, and properties that are missing or too many.

    Without the library the test is skipped, but not where everything must be there.
    """
    name = ctypes.util.find_library("ical")
    if name is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("libical is missing")
    library = ctypes.CDLL(str(name))
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    library.icalcomponent_as_ical_string_r.restype = ctypes.c_void_p
    for does in ("restriction_check", "component_as_ical_string_r", "component_free", "memory_free_buffer"):
        getattr(library, f"ical{does}").argtypes = [ctypes.c_void_p]
    return partial(_judge, library)


def _judge(library: Any, feed: bytes) -> set[str]:
    with closing(_Component(library, feed)) as component:
        component.check()
        text = component.write()
    if not text:
        return {"this is no calendar"}
    lines = text.replace("\r\n ", "").split("\r\n")
    found = {line.removeprefix(_ERROR) for line in lines if line.startswith("X-LIC-")}
    return {complaint.removeprefix(_RESTRICTION).replace(" property. ", ": ") for complaint in found} - _ALLOWED
