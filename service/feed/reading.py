"""Reading back: what another program makes of a calendar of ours, so that no slip of our own hand goes unseen."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from icalendar import Calendar

from service.feed.description import name_session
from service.feed.event import is_called_off
from service.schedule.series import Series
from service.schedule.text import clean_line
from service.schedule.version import Version

__all__ = ["read_back"]


def read_back(calendar: bytes, versions: Iterable[Version], series: Series) -> list[str]:
    """Everything that the library icalendar reads otherwise than these dated `versions` mean it, a sentence each."""
    try:
        events = Calendar.from_ical(calendar).walk("VEVENT")
    except ValueError as error:
        return [f"it is no calendar: {error}"]
    read = {str(event.get("UID", "")): event for event in events}
    meant = {version.uid: version for version in versions}
    differences = [f"{uid} is in the calendar and not in the schedule" for uid in read.keys() - meant.keys()]
    for uid, version in meant.items():
        if uid in read:
            differences += [f"{uid}: {words}" for words in _compare(read[uid], version, series)]
        else:
            differences.append(f"{uid} is missing")
    return differences


def _compare(event: Mapping[str, Any], version: Version, series: Series) -> Iterator[str]:
    when, title = version.session.when, clean_line(name_session(version.session, series.title))
    if when is not None:
        starts: date = when.starts.date() if when.all_day else when.starts
        if (found := event["DTSTART"].dt) != starts:
            yield f"it starts at {found}, not at {starts}"
        if not when.all_day and when.ends > when.starts and (found := event["DTEND"].dt) != when.ends:
            yield f"it ends at {found}, not at {when.ends}"
    called_off = is_called_off(version)
    if (str(event["STATUS"]) == "CANCELLED") != called_off:
        yield f"it is {event['STATUS']}"
    # A program may take a backslash and an N for a line break; and a title that was called off has a mark before it.
    if "\\" not in title and not str(event["SUMMARY"]).endswith(title):
        yield f"it is called {event['SUMMARY']}, not {title}"
