"""VTIMEZONE: what a feed says about a zone, in the few forms that every calendar program reads (RFC 5545 3.6.5)."""

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from service.feed.content import Text
from service.feed.zone import Turn, read_zone

__all__ = ["render_timezone"]

_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FIRST_YEAR: Final = 1970


@cache
def render_timezone(key: str) -> bytes:
    """The VTIMEZONE of an IANA zone: one STANDARD, or STANDARD and DAYLIGHT with a yearly rule each.

    No history, no lists of dates, no comment and no odd seconds: Outlook reads nothing but this. Times that such a
    rule would tell wrongly do not rely on it, see `service.feed.zone`. Raises `ZoneInfoNotFoundError`.
    """
    rule = read_zone(key)
    component = Timezone()
    component.add("TZID", Text(key))
    if not rule.turns:
        component.add_component(_observance(rule.since, rule.offset, rule.offset, rule.name))
    for turn in rule.turns:
        observance = _observance(turn.wall(_FIRST_YEAR), turn.before, turn.after, turn.name)
        observance.add("RRULE", _yearly(turn))
        component.add_component(observance)
    return bytes(component.to_ical())


def _observance(
    starts: datetime, before: timedelta, after: timedelta, name: str
) -> TimezoneStandard | TimezoneDaylight:
    # Ireland's law calls summer time the standard; calendar programs expect the larger offset in DAYLIGHT.
    observance = TimezoneDaylight() if after > before else TimezoneStandard()
    observance.add("DTSTART", starts)
    observance.add("TZOFFSETFROM", before)
    observance.add("TZOFFSETTO", after)
    observance.add("TZNAME", Text(name))
    return observance


def _yearly(turn: Turn) -> dict[str, str | int]:
    return {"FREQ": "YEARLY", "BYMONTH": turn.month, "BYDAY": f"{turn.week}{_WEEKDAYS[turn.weekday]}"}
