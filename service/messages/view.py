"""Views: the ready words that mail templates show. Templates do not compute; they arrange what stands here."""

from dataclasses import dataclass
from datetime import timedelta
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from service.messages.catalog import Catalog
from service.messages.message import Confirmation, Known, Message, Notice, Reminder, SourceBroken, SourceHealed
from service.messages.wording import render_day, render_hours, render_moment, render_until, render_when, render_zone
from service.schedule.series import Series
from service.schedule.session import Link, Status, When
from service.schedule.text import clean_line, mask_addresses
from service.schedule.version import Version

__all__ = ["SeriesView", "SessionView", "view_message"]

# Together at most 60 Hangul, which are two columns wide, so that a subject still fits an inbox.
_SESSION_COLUMNS = 72
_SERIES_COLUMNS = 42


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


def view_message(message: Message, catalog: Catalog, *, language: str, timezone: str) -> dict[str, object]:
    """The values that the templates of this kind of message are rendered with, besides an addressee's own."""
    values: dict[str, object] = {"catalog": catalog, "language": language}
    match message:
        case Confirmation() | Known() | SourceHealed():
            return values | {"series": _view_series(message.series)}
        case SourceBroken():
            since = render_moment(message.since, timezone=timezone, language=language)
            trouble = mask_addresses(clean_line(message.trouble))
            told = {"trouble": trouble, "since": since, "waits": message.waits}
            return values | told | {"series": _view_series(message.series)}
    session = _view_session(message.version, message.series, language=language, timezone=timezone)
    values |= {"series": _view_series(message.series), "session": session, "before": ""}
    if isinstance(message, Reminder):
        return values | {"until": _tell_until(message, catalog, language), "is_speaking": message.speaking}
    known = _when_known(message, language=language, timezone=timezone)
    is_news = known != session.when and not session.is_off
    return values | {"change": message.kind.value, "before": known if is_news else ""}


def shorten(text: str, columns: int) -> str:
    """`text` in at most so many columns, of which wide characters such as Hangul take two; an ellipsis tells a cut.

    It is cut between words unless that costs more than half of it.
    """
    room = columns - 1
    cut = 0
    for place, character in enumerate(text):
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room >= 0:
            cut = place + 1
    if room >= -1:
        return text
    whole_words = text[: cut + 1].rpartition(" ")[0]
    return (whole_words if len(whole_words) > cut // 2 else text[:cut]).rstrip(" ,.:;·-–") + "…"


def _view_series(series: Series) -> SeriesView:
    return SeriesView(
        slug=series.slug,
        title=series.title,
        short_title=shorten(series.title, _SERIES_COLUMNS),
        url=series.url,
        feed_url=f"{series.url}.ics",
    )


def _view_session(version: Version, series: Series, *, language: str, timezone: str) -> SessionView:
    session = version.session
    place = session.place or series.location
    is_counted = not any(character.isalpha() for character in session.number)
    join_url = place if _is_address(place) else series.join_url
    return SessionView(
        title=session.title,
        short_title=shorten(session.title, _SESSION_COLUMNS),
        url=f"{series.url}#{version.id}",
        count=session.number if is_counted else "",
        label="" if is_counted else session.number,
        type=session.type,
        speakers=", ".join(session.speakers),
        affiliation=session.affiliation,
        place="" if _is_address(place) else place,
        join_url=join_url,
        join_label=_name_address(join_url),
        links=tuple(_view_link(link) for link in session.links if _is_address(link.url)),
        note=session.note,
        is_tentative=session.status is Status.TENTATIVE,
        is_off=version.withdrawn or session.status is Status.CANCELLED,
        **_tell_time(session.when, language, timezone),
    )


def _view_link(link: Link) -> LinkView:
    return LinkView(link.url, link.label, link.label or _name_address(link.url))


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


def _tell_until(reminder: Reminder, catalog: Catalog, language: str) -> str:
    """How long until it begins. A whole day begins in so many days, or today, whatever the clock says."""
    when = reminder.version.session.when
    if when is None or not when.all_day:
        return render_until(when.starts - reminder.now, language) if when else ""
    days = when.starts.date() - reminder.now.astimezone(when.starts.tzinfo).date()
    return render_until(days, language) if days > timedelta(0) else catalog.gettext("today")


def _when_known(notice: Notice, *, language: str, timezone: str) -> str:
    when = notice.before.session.when if notice.before else None
    return render_when(when, timezone=timezone, language=language) if when else ""


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://")) and " " not in text


def _name_address(url: str) -> str:
    """What a link without words is called: the address without its scheme and query, so short that it fits a phone."""
    return shorten(url.partition("://")[2].partition("?")[0].removeprefix("www.").rstrip("/"), 28)
