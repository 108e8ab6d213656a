"""How a mail shows a series and a session: ready words, in one language and for one time zone."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from service.messages.catalog import Catalog
from service.messages.shortening import shorten
from service.messages.wording import render_day, render_hours, render_when, render_zone
from service.schedule.series import Series
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version

__all__ = ["Reader", "SeriesView", "SessionView", "view_series", "view_session"]

# Together at most 60 Hangul, which are two columns wide, so that a subject still fits an inbox.
_SESSION_COLUMNS = 72
_SERIES_COLUMNS = 42
# The page has all of it; a mail must not grow so large that it is clipped, and its way out with the end of it.
_TEXT_COLUMNS = 300
_NOTE_COLUMNS = 1500
_MOST_LINKS = 10
_LONGEST_LINK = 1000


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom something is worded: the words of their language, and their time zone (an IANA name)."""

    catalog: Catalog
    timezone: str

    @property
    def language(self) -> str:
        """The code of their language."""
        return self.catalog.language


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesView:
    """A series: its name in commands, its page, its feed, and its title in full and as short as a subject needs it."""

    slug: str
    title: str
    short_title: str
    url: str
    feed_url: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link: its `words` in the document (may be empty), and a `label` in any case."""

    url: str
    words: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session in the words of one language and time zone. Texts that are not known are empty.

    Without a title of its own it is called by its type or its number; those then do not stand beside it again.
    `count` is its number if that can be counted with ("Session 4"); other numbers ("OT") stand in `label`.
    `day`, `hours`, `zone` are the parts of `when`; a whole day has only the first.
    """

    title: str
    short_title: str
    url: str
    count: str
    label: str
    type: str
    speakers: str
    affiliation: str
    when: str
    day: str
    hours: str
    zone: str
    place: str
    join_url: str
    join_label: str
    links: tuple[LinkView, ...]
    note: str
    is_tentative: bool
    is_off: bool


def view_series(series: Series) -> SeriesView:
    """The series as mails show it."""
    return SeriesView(
        slug=series.slug,
        title=shorten(series.title, _TEXT_COLUMNS),
        short_title=shorten(series.title, _SERIES_COLUMNS),
        url=series.url,
        feed_url=f"{series.url}.ics",
    )


def view_session(version: Version, series: Series, reader: Reader) -> SessionView:
    """A session of `series` as mails show it to `reader`."""
    session = version.session
    place = session.place or series.location
    join_url = place if _is_address(place) else series.join_url
    return SessionView(
        url=f"{series.url}#{version.id}",
        speakers=shorten(", ".join(session.speakers), _TEXT_COLUMNS),
        affiliation=shorten(session.affiliation, _TEXT_COLUMNS),
        place="" if _is_address(place) else shorten(place, _TEXT_COLUMNS),
        join_url=join_url,
        join_label=_name_address(join_url),
        links=tuple(_view_link(link) for link in session.links if _is_address(link.url))[:_MOST_LINKS],
        note=shorten(session.note, _NOTE_COLUMNS),
        is_tentative=session.status is Status.TENTATIVE,
        is_off=version.withdrawn or session.status is Status.CANCELLED,
        **_tell_name(session, series, reader.catalog),
        **_tell_time(session.when, reader.language, reader.timezone),
    )


def _tell_name(session: Session, series: Series, catalog: Catalog) -> dict[str, str]:
    is_counted = not any(character.isalpha() for character in session.number)
    told = {
        "type": shorten(session.type, _TEXT_COLUMNS),
        "count": session.number if is_counted else "",
        "label": "" if is_counted else session.number,
    }
    title = session.title
    if not title:
        word = next((name for name in told if told[name]), None)
        title = told.pop(word) if word else series.title
        title = catalog.gettext("Session %(number)s") % {"number": title} if word == "count" else title
    return (
        {"type": "", "count": "", "label": ""}
        | told
        | {"title": shorten(title, _TEXT_COLUMNS), "short_title": shorten(title, _SESSION_COLUMNS)}
    )


def _view_link(link: Link) -> LinkView:
    words = shorten(link.label, _TEXT_COLUMNS)
    return LinkView(link.url, words, words or _name_address(link.url))


def _tell_time(when: When | None, language: str, timezone: str) -> dict[str, str]:
    if when is None:
        return dict.fromkeys(("when", "day", "hours", "zone"), "")
    hours = render_hours(when, timezone=timezone, language=language)
    whole = render_when(when, timezone=timezone, language=language)
    if not hours:
        return {"when": whole, "day": whole, "hours": "", "zone": ""}
    return {
        "when": whole,
        "day": render_day(when.starts.astimezone(ZoneInfo(timezone)), language),
        "hours": hours,
        "zone": render_zone(when.starts, timezone=timezone, language=language),
    }


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://")) and " " not in text and len(text) <= _LONGEST_LINK


def _name_address(url: str) -> str:
    """What a link without words is called: the address without its scheme and query, so short that it fits a phone."""
    return shorten(url.partition("://")[2].partition("?")[0].removeprefix("www.").rstrip("/"), 28)
