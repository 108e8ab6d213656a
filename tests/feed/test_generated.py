"""5,000 generated schedules read alike in five independent parsers; of a sample, khal and libical say the same."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import pytest

from service.feed.calendar import render_calendar
from service.feed.event import render_event
from tests.feed.generated import generate
from tests.feed.libical import find_judge
from tests.feed.reading import PYTHON_READERS, Reading, as_khal_reads, as_node_ical_reads, expect
from tests.feed.season import make_series

_EACH: Final = 500
_SAMPLE: Final = 100
_FIRSTS: Final = [pytest.param(first, id=f"from {first}") for first in range(0, 5000, _EACH)]
"""Where the schedules of each test begin; one that is read wrongly is made again by `generate` of its number."""


@pytest.mark.parametrize("first", _FIRSTS)
@pytest.mark.node
@pytest.mark.slow
def test_every_parser_reads_every_schedule_as_it_was_meant(
    first: int, read_with_node: Callable[[Sequence[bytes]], list[list[Reading]]]
) -> None:
    numbers = range(first, first + _EACH)
    all_generated = [generate(number) for number in numbers]
    assert all(generated.versions for generated in all_generated)
    feeds = [generated.feed for generated in all_generated]
    expected = [expect(generated.series, generated.versions) for generated in all_generated]
    readings = {name: [read(feed) for feed in feeds] for name, read in PYTHON_READERS.items()}
    in_javascript = read_with_node(feeds)
    readings["ical.js"], seen_by_node_ical = in_javascript[:_EACH], in_javascript[_EACH:]
    for name, read in readings.items():
        assert _wrong(numbers, read, expected) == [], name
    as_node_ical = [sorted(map(as_node_ical_reads, events)) for events in expected]
    assert _wrong(numbers, seen_by_node_ical, as_node_ical) == [], "node-ical"


def test_libical_finds_a_sample_valid() -> None:
    complain = find_judge()
    complaints = {number: complain(generate(number).feed) for number in range(_EACH)}
    assert {number: found for number, found in complaints.items() if found} == {}


def test_khal_reads_a_sample_as_it_was_meant(read_with_khal: Callable[[bytes], list[Reading]]) -> None:
    # It takes its parser from the system: an old icalendar, which loses backslashes.
    series = make_series(location="Room 5; West, Hall")
    found = [version for number in range(_SAMPLE) for version in generate(number).versions]
    calm = [version for version in found if "\\" not in f"{version.session.title}{version.session.place}"]
    versions = [replace(version, uid=f"{number}@bell.example.org") for number, version in enumerate(calm)]
    feed = render_calendar(series, [render_event(version, series) for version in versions], versions)
    assert len(versions) > _SAMPLE // 2
    assert read_with_khal(feed) == sorted(map(as_khal_reads, expect(series, versions)))


def _wrong(
    numbers: Sequence[int], readings: Sequence[list[Reading]], expected: Sequence[list[Reading]]
) -> list[tuple[int, set[Reading]]]:
    """The numbers of the schedules that were read wrongly, and what was read then."""
    pairs = zip(numbers, readings, expected, strict=True)
    return [(number, set(read) ^ set(meant)) for number, read, meant in pairs if read != meant]
