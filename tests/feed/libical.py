"""libical: the C library of calendars, as a judge of feeds that is not ours. It checks RFC 5545 and RFC 5546."""

import ctypes
import ctypes.util
import os
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any, Final

import pytest

__all__ = ["Judge", "Steward", "find_judge", "find_steward"]

Judge = Callable[[bytes], set[str]]
"""Tells everything that is wrong with a feed."""

Steward = Callable[[bytes, bytes, str], str]
"""Tells what an invitation asks of the calendar of an address that holds another one, or nothing (RFC 5546)."""

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
    library = _load("ical")
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    library.icalcomponent_as_ical_string_r.restype = ctypes.c_void_p
    for does in ("restriction_check", "component_as_ical_string_r", "component_free", "memory_free_buffer"):
        getattr(library, f"ical{does}").argtypes = [ctypes.c_void_p]
    return partial(_judge, library)


def find_steward() -> Steward:
    """The library's opinion of invitations: REQUEST-NEW, REQUEST-RESCHEDULE, CANCEL-EVENT, OBSOLETE, ..."""
    library, store = _load("ical"), _load("icalss")
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    library.icalcomponent_free.argtypes = [ctypes.c_void_p]
    library.icalproperty_enum_to_string.restype = ctypes.c_char_p
    store.icalclassify.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p]

    def classify(invitation: bytes, held: bytes, address: str) -> str:
        new, old = (library.icalparser_parse_string(text) if text else None for text in (invitation, held))
        found = store.icalclassify(new, old, address.encode())
        for component in filter(None, (new, old)):
            library.icalcomponent_free(component)
        return str(library.icalproperty_enum_to_string(found).decode())

    return classify


def _load(part: str) -> Any:
    name = ctypes.util.find_library(part)
    if name is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("libical is missing")
    return ctypes.CDLL(str(name))


def _judge(library: Any, feed: bytes) -> set[str]:
    with closing(_Component(library, feed)) as component:
        component.check()
        text = component.write()
    if not text:
        return {"this is no calendar"}
    lines = text.replace("\r\n ", "").split("\r\n")
    found = {line.removeprefix(_ERROR) for line in lines if line.startswith("X-LIC-")}
    return {complaint.removeprefix(_RESTRICTION).replace(" property. ", ": ") for complaint in found} - _ALLOWED
