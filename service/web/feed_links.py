"""Links to a feed: one address per calendar program, all leading to the same bytes."""

from dataclasses import dataclass
from urllib.parse import quote

from service.schedule.series import Series

__all__ = ["FeedLinks", "link_feed"]


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


def link_feed(series: Series) -> FeedLinks:
    """The addresses under which the feed of `series` can be subscribed to.

    Google and Outlook are given a webcal address inside their own: they refuse https there.
    """
    address = f"{series.url}.ics"
    webcal = "webcal:" + address.partition(":")[2]
    query = f"url={quote(webcal, safe='')}&name={quote(series.title, safe='')}"
    return FeedLinks(
        address=address,
        download=f"{series.url}/download.ics",
        apple=webcal,
        google=f"https://calendar.google.com/calendar/u/0/r?cid={quote(webcal, safe='')}",
        google_by_hand="https://calendar.google.com/calendar/u/0/r/settings/addbyurl",
        outlook=f"https://outlook.live.com/calendar/0/addfromweb/?{query}",
        office=f"https://outlook.office.com/calendar/0/addfromweb/?{query}",
    )
