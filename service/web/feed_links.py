"""Links to a feed: one address per calendar program, all leading to the same bytes."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from service.feed.selection import EVERYTHING, Selection
from service.schedule.series import Series

__all__ = ["LONGEST_ADDRESS", "FeedLinks", "address_feed", "link_address", "link_feed"]

LONGEST_ADDRESS: Final = 256
"""In characters: a longer address Google takes and never reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLinks:
    """The addresses of one feed. `address` is what is pasted into a program, `download` hands over a file once."""

    address: str
    download: str
    apple: str
    google: str
    google_by_hand: str
    outlook: str
    office: str


def address_feed(series: Series, selection: Selection = EVERYTHING) -> str:
    """The address of the feed with this selection of the series' sessions."""
    return f"{series.url}.ics{_ask(selection)}"


def link_feed(series: Series, selection: Selection = EVERYTHING) -> FeedLinks:
    """The addresses under which the feed can be subscribed to."""
    names = (series.title, *selection.speakers, *selection.types)
    download = f"{series.url}/download.ics{_ask(selection)}"
    return link_address(address_feed(series, selection), download=download, name=" · ".join(names))


def link_address(address: str, *, download: str, name: str) -> FeedLinks:
    """The links to the feed at `address`, for a calendar called `name`.

    Google and Outlook are given a webcal address inside their own: they refuse https there.
    """
    webcal = "webcal:" + address.partition(":")[2]
    query = f"url={quote(webcal, safe='')}&name={quote(name, safe='')}"
    return FeedLinks(
        address=address,
        download=download,
        apple=webcal,
        google=f"https://calendar.google.com/calendar/u/0/r?cid={quote(webcal, safe='')}",
        google_by_hand="https://calendar.google.com/calendar/u/0/r/settings/addbyurl",
        outlook=f"https://outlook.live.com/calendar/0/addfromweb/?{query}",
        office=f"https://outlook.office.com/calendar/0/addfromweb/?{query}",
    )


def _ask(selection: Selection) -> str:
    return f"?{selection.query}" if selection != EVERYTHING else ""
