"""The page that helps to subscribe: to all sessions or some, with one way per calendar program."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.feed.selection import EVERYTHING, BadSelection, Selection, read_selection
from service.feed.style import Alarm
from service.messages.catalog import Catalog
from service.reminders.rule import Rule
from service.schedule.series import Series
from service.schedule.text import mask_addresses
from service.web.event_links import EventLinks, link_event
from service.web.feed_links import LONGEST_ADDRESS, address_feed, link_feed
from service.web.lead_times import name_rule
from service.web.parts import Parts
from service.web.programs import show_ways
from service.web.qr import draw_code
from service.web.shelf import Published
from service.web.views import ScheduleView, view_schedule
from service.web.visit import Visit, receive

__all__ = ["SubscribePage"]

_OFFERED: Final = tuple(map(Alarm.parse, ("10m", "30m", "1h", "3h", "1d")))


@dataclass(frozen=True, slots=True)
class _Choice:
    value: str
    words: str
    is_chosen: bool


class SubscribePage:
    """Answers `/{slug}/subscribe`; its query chooses sessions as that of the feed does, `lang` is the page's own.

    A choice that no feed can follow is told so (400), with all sessions to choose from.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Where this page stands."""
        return [Route("/{slug}/subscribe", self.show)]

    async def show(self, request: Request) -> Response:
        """The ways to subscribe to one series, or to the sessions of it that the query chooses."""
        published = self._parts.shelf.published(request.path_params["slug"])
        if published is None:
            raise HTTPException(404)
        series, pages = published.series, self._parts.pages
        asked = _read_choice(request.url.query, series)
        selection = asked or EVERYTHING
        visit = receive(request, pages, language=series.language, timezone=series.timezone)
        catalog = pages.catalog(visit.reader.language)
        schedule = self._view(published, selection, visit)
        page = pages.render(
            "subscribe.html",
            visit.reader.language,
            languages=pages.language_choices({code: _ask(selection, code) for code in pages.languages}),
            series=series,
            feed=(feed := link_feed(series, selection)),
            ways=show_ways(feed, catalog),
            selection=selection,
            is_whole=selection == EVERYTHING,
            is_refused=asked is None,
            schedule=schedule,
            event=_link_next(published, schedule),
            types=_offer((one.session.type for one in published.versions), selection.types),
            speakers=_offer((name for one in published.versions for name in one.session.speakers), selection.speakers),
            alarms=[_Choice(str(one), _name(one, catalog), one in selection.alarms) for one in _OFFERED],
            code=draw_code(f"{series.url}/subscribe{_ask(selection)}"),
        )
        headers = {"Cache-Control": "private, no-cache", "Vary": "Accept-Language"}
        return HTMLResponse(page, 400 if asked is None else 200, headers)

    def _view(self, published: Published, selection: Selection, visit: Visit) -> ScheduleView:
        wanted = [version for version in published.versions if selection.wants(version)]
        return view_schedule(published.series, wanted, now=self._parts.now(), reader=visit.reader)


def _read_choice(query: str, series: Series) -> Selection | None:
    """What the query chooses; None if there is no such feed."""
    try:
        selection = replace(read_selection(query), language="")
    except BadSelection:
        return None
    return selection if len(address_feed(series, selection)) <= LONGEST_ADDRESS else None


def _link_next(published: Published, schedule: ScheduleView) -> EventLinks | None:
    """The links to the next session alone."""
    coming = schedule.next
    found = next((one for one in published.versions if coming and one.id == coming.id), None)
    return link_event(found, published.series) if found else None


def _offer(names: Iterable[str], chosen: tuple[str, ...]) -> list[_Choice]:
    """Every name once; an address is no name to choose."""
    wanted = {name.casefold() for name in chosen}
    shown = sorted({name for name in names if name and mask_addresses(name) == name})
    return [_Choice(name, name, name.casefold() in wanted) for name in shown]


def _name(alarm: Alarm, catalog: Catalog) -> str:
    return name_rule(Rule.parse(str(alarm)), catalog)


def _ask(selection: Selection, language: str = "") -> str:
    query = "&".join(filter(None, (selection.query, urlencode({"lang": language}) if language else "")))
    return f"?{query}" if query else ""
