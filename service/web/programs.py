"""Calendar programs: how one subscribes with each, and how soon each sees a change."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from service.messages.catalog import Catalog
from service.web.feed_links import FeedLinks

__all__ = ["PROGRAMS", "Program", "Way", "show_ways"]


@dataclass(frozen=True, slots=True)
class Program:
    """What to do with one program, how soon it sees a change, and where its button leads, if anywhere."""

    name: str
    advice: str
    pace: str
    find: Callable[[FeedLinks], str] = lambda feed: ""


_GOOGLE_PACE, _MICROSOFT_PACE = "every 8 to 24 hours, at times days", "every 3 to 24 hours"

PROGRAMS: Final = (
    Program(
        "iPhone, iPad, Mac", "Asks whether to add the calendar.", "as you set it, from hourly", attrgetter("apple")
    ),
    Program("Google Calendar", "Opens Google Calendar in a browser on a computer.", _GOOGLE_PACE, attrgetter("google")),
    Program(
        "Google Calendar: by hand",
        "If the button above does nothing: paste the address into the field “URL of calendar”.",
        _GOOGLE_PACE,
        attrgetter("google_by_hand"),
    ),
    Program("Outlook.com", "For a private Microsoft account.", _MICROSOFT_PACE, attrgetter("outlook")),
    Program("Microsoft 365", "For an account of a school or company.", _MICROSOFT_PACE, attrgetter("office")),
    Program("Outlook for Windows and Mac", "Add calendar, “Subscribe from web”: paste the address.", _MICROSOFT_PACE),
    Program("Thunderbird", "New calendar, “On the network”: paste the address.", "every 30 minutes"),
    Program("Android", "The app ICSx5 takes the address; so does Google Calendar on a computer.", "as you set it"),
    Program(
        "Yahoo, Fastmail, Proton, Nextcloud",
        "Add a calendar by its address (URL): paste it there.",
        "hourly to daily",
    ),
)
"""Calendar programs; what is said of each is translated when it is shown."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to subscribe in the reader's words; `address` is empty if the feed's own has to be pasted."""

    program: str
    advice: str
    pace: str
    address: str


def show_ways(feed: FeedLinks, catalog: Catalog) -> list[Way]:
    """Every way to subscribe to a feed."""
    return [
        Way(
            catalog.gettext(program.name),
            catalog.gettext(program.advice),
            catalog.gettext(program.pace),
            program.find(feed),
        )
        for program in PROGRAMS
    ]
