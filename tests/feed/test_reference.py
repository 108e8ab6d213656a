"""Every line of an event is the one that the library icalendar writes, folded where it folds unless that tears it."""

import re

import pytest

from service.feed.event import render_event
from tests.feed.generated import generate
from tests.feed.reference import build_event

_TORN = re.compile(rb"(?<!\\)\\(?:\\\\)*\r\n ")
_EACH = 250


@pytest.mark.parametrize("first", range(0, 1000, _EACH))
def test_events_are_those_of_icalendar(first: int) -> None:
    for number in range(first, first + _EACH):
        generated = generate(number)
        for version in generated.versions:
            _compare(render_event(version, generated.series), build_event(version, generated.series))


def _compare(ours: bytes, theirs: bytes) -> None:
    own_lines, their_lines = _split(ours), _split(theirs)
    assert [*map(_unfold, own_lines)] == [*map(_unfold, their_lines)]
    for own, their in zip(own_lines, their_lines, strict=True):
        assert not _TORN.search(own)
        assert own == their or _TORN.search(their)


def _split(event: bytes) -> list[bytes]:
    return re.split(rb"\r\n(?! )", event)


def _unfold(line: bytes) -> bytes:
    return line.replace(b"\r\n ", b"")
