"""Structured data: the sessions of a series as search engines read them in a page (schema.org Event, JSON-LD)."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from service.feed.description import name_session
from service.feed.event import is_called_off
from service.schedule.series import Series
from service.schedule.session import Session, When
from service.schedule.text import mask_addresses
from service.schedule.version import Version

__all__ = ["describe_events"]

_VOCABULARY: Final = "https://schema.org"
# A page ends its script at `</script`, whatever the quotes around it say; some old programs end lines at U+2028.
_ESCAPES: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def describe_events(series: Series, versions: Iterable[Version]) -> str:
    """These versions as a list of events in JSON that can stand in a page's `script` element as it is.

    Sessions without a date are left out. Addresses in texts are masked.
    """
    events = [_describe(version, series, version.session.when) for version in versions if version.session.when]
    text = json.dumps({"@context": _VOCABULARY, "@graph": events}, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


def _describe(version: Version, series: Series, when: When) -> dict[str, object]:
    session = version.session
    starts, ends = (when.starts.date(), when.ends.date()) if when.all_day else (when.starts, when.ends)
    told: dict[str, object] = {
        "@type": "Event",
        "@id": f"{series.url}#{version.id}",
        "url": f"{series.url}#{version.id}",
        "name": name_session(session, series.title),
        "startDate": starts.isoformat(),
        "endDate": ends.isoformat(),
        "eventStatus": f"{_VOCABULARY}/{'EventCancelled' if is_called_off(version) else 'EventScheduled'}",
        "superEvent": {"@type": "EventSeries", "name": series.title, "url": series.url},
        **_locate(session, series),
    }
    if session.speakers:
        told["performer"] = [{"@type": "Person", "name": mask_addresses(name)} for name in session.speakers]
    if session.note:
        told["description"] = mask_addresses(session.note)
    return told


def _locate(session: Session, series: Series) -> Mapping[str, object]:
    """Where one meets: at a place, online, or both."""
    place = mask_addresses(session.place) or series.location
    is_address = place.startswith(("https://", "http://"))
    room, online = ("", place) if is_address else (place, series.join_url)
    locations = [
        *([{"@type": "Place", "name": room, "address": room}] if room else []),
        *([{"@type": "VirtualLocation", "url": online}] if online else []),
    ]
    if not locations:
        return {}
    mode = "MixedEventAttendanceMode" if room and online else "OnlineEventAttendanceMode" if online else None
    return {
        "eventAttendanceMode": f"{_VOCABULARY}/{mode or 'OfflineEventAttendanceMode'}",
        "location": locations if len(locations) > 1 else locations[0],
    }
