"""A feed of changes: each session as last published, the latest change first (Atom, RFC 4287)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from service.feed.description import describe, name_session
from service.feed.event import is_called_off
from service.feed.words import Words, choose_words
from service.schedule.series import Series
from service.schedule.session import When
from service.schedule.text import clean_line, clean_text, mask_addresses
from service.schedule.version import Version

__all__ = ["render_atom"]

_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_MOST_ENTRIES: Final = 100


def render_atom(series: Series, versions: Iterable[Version]) -> bytes:
    """An entry for each of these versions, the one that changed last first, at most 100.

    An entry keeps its id, which comes from the session's uid; it is `updated` when the session changed. Equal bytes
    for equal values. Addresses in texts are masked.
    """
    latest = sorted(versions, key=lambda version: (version.modified, version.uid), reverse=True)[:_MOST_ENTRIES]
    feed = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": series.language})
    _write(feed, "id", _identify(series.url or series.slug))
    _write(feed, "title", clean_line(series.title))
    _write(feed, "updated", _tell_instant(max((series.modified, *(version.modified for version in latest)))))
    _write(SubElement(feed, "author"), "name", clean_line(series.title))
    if series.url:
        SubElement(feed, "link", rel="self", type="application/atom+xml", href=f"{series.url}.atom")
        SubElement(feed, "link", rel="alternate", type="text/html", href=series.url)
    for version in latest:
        _add_entry(feed, version, series, choose_words(series.language))
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_entry(feed: Element, version: Version, series: Series, words: Words) -> None:
    session, entry = version.session, SubElement(feed, "entry")
    title = name_session(session, series.title)
    _write(entry, "id", _identify(version.uid))
    _write(entry, "title", clean_line(f"{words.cancelled} {title}" if is_called_off(version) else title))
    _write(entry, "updated", _tell_instant(max(version.modified, series.modified)))
    if series.url:
        SubElement(entry, "link", rel="alternate", type="text/html", href=f"{series.url}#{version.id}")
    if session.type:
        SubElement(entry, "category", term=clean_line(session.type))
    _write(entry, "summary", clean_text("\n".join(_summarise(version, series, words))))


def _summarise(version: Version, series: Series, words: Words) -> Iterator[str]:
    session = version.session
    if session.when:
        yield _tell_time(session.when)
    if place := mask_addresses(session.place) or series.location or series.join_url:
        yield place
    yield from describe(session, words)


def _tell_time(when: When) -> str:
    """Day and hours as ISO 8601 writes them: no language reads them wrongly."""
    if when.all_day:
        last = max(when.ends - timedelta(days=1), when.starts)
        days = sorted({f"{when.starts:%Y-%m-%d}", f"{last:%Y-%m-%d}"})
        return " – ".join(days)
    ends = f"{when.ends:%H:%M}" if when.ends.date() == when.starts.date() else f"{when.ends:%Y-%m-%d %H:%M}"
    return f"{when.starts:%Y-%m-%d %H:%M}–{ends} ({when.starts.tzinfo})"


def _identify(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


def _tell_instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _write(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text
