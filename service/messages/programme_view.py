"""How mails show several sessions: a line or two for each, and the words around them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Literal

from babel.dates import format_timedelta

from service.messages.catalog import Catalog
from service.messages.programme import Digest, Welcome
from service.messages.report import Entry, RowIncomplete, WeeklyReport
from service.messages.session_view import Reader, SeriesView, SessionView, view_series, view_session
from service.messages.shortening import shorten
from service.messages.wording import render_day, render_moment, render_when
from service.reminders.gap import Missing
from service.reminders.rule import Rule
from service.reminders.week import Week
from service.schedule.series import Series
from service.schedule.version import Version

__all__ = ["EntryView", "view_digest", "view_incomplete", "view_report", "view_welcome"]

_SPEAKERS_COLUMNS: Final = 60
_WEEK: Final = timedelta(days=7)
_UNITS: Final[Mapping[str, Literal["week", "day", "hour", "minute"]]] = {
    "w": "week",
    "d": "day",
    "h": "hour",
    "m": "minute",
}
_MISSING: Final = {Missing.TOPIC: "topic", Missing.SPEAKER: "speaker", Missing.READING: "something to read"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """A session in a list. `before` is the time it had, if it has a new one; `missing` is what its row lacks."""

    series: SeriesView
    session: SessionView
    before: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class StaleView:
    """A series whose document is not what is published, and since when."""

    series: SeriesView
    since: str


def view_welcome(welcome: Welcome, reader: Reader) -> dict[str, object]:
    """What a welcome shows."""
    return {
        "entries": [_view_entry(welcome.series, version, reader) for version in welcome.versions],
        "more": welcome.more,
        "rules": ", ".join(_name_rule(rule, reader) for rule in welcome.rules),
    }


def view_digest(digest: Digest, reader: Reader) -> dict[str, object]:
    """What a digest shows; `count` is how many sessions of the week take place."""
    entries = [
        _view_entry(digest.series, version, reader, before=_when_before(version, digest.week, reader))
        for version in digest.versions
    ]
    held = [entry for entry, version in zip(entries, digest.versions, strict=True) if digest.week.holds(version.when)]
    return {
        "entries": entries,
        "more": digest.more,
        "count": sum(not entry.session.is_off for entry in held) + digest.more,
        "day": render_day(digest.week.monday, reader.language),
    }


def view_incomplete(message: RowIncomplete, reader: Reader) -> dict[str, object]:
    """What is shown of a row that is not complete."""
    session = view_session(message.version, message.series, reader)
    return {"session": session, "before": "", "missing": _name_missing(message.missing, reader.catalog)}


def view_report(report: WeeklyReport, reader: Reader) -> dict[str, object]:
    """What a weekly report shows; `first` and `last` are the days of the week that its figures are about."""
    monday = report.week.monday
    return {
        "entries": [_view_listed(entry, reader) for entry in report.entries],
        "more": report.more,
        "gaps": [_view_listed(entry, reader) for entry in report.gaps],
        "stale": [
            StaleView(
                view_series(one.series), render_moment(one.since, timezone=reader.timezone, language=reader.language)
            )
            for one in report.stale
        ],
        "figures": report.figures,
        "day": render_day(monday, reader.language),
        "first": render_day(monday - _WEEK, reader.language),
        "last": render_day(monday - timedelta(days=1), reader.language),
    }


def _view_listed(entry: Entry, reader: Reader) -> EntryView:
    return _view_entry(entry.series, entry.version, reader, missing=_name_missing(entry.missing, reader.catalog))


def _view_entry(series: Series, version: Version, reader: Reader, *, before: str = "", missing: str = "") -> EntryView:
    session = view_session(version, series, reader)
    brief = replace(session, title=session.short_title, speakers=shorten(session.speakers, _SPEAKERS_COLUMNS))
    return EntryView(series=view_series(series), session=brief, before=before, missing=missing)


def _when_before(version: Version, week: Week, reader: Reader) -> str:
    """The time that a session had, if readers may know it by that: it was in this week, or has just moved."""
    if version.moved_from is None or version.moved_from == version.when.starts:
        return ""
    before = version.when.move(version.moved_from)
    is_news = week.holds(before) or version.modified >= week.due_at - _WEEK
    return render_when(before, timezone=reader.timezone, language=reader.language) if is_news else ""


def _name_missing(missing: tuple[Missing, ...], catalog: Catalog) -> str:
    return ", ".join(catalog.gettext(_MISSING[one]) for one in missing)


def _name_rule(rule: Rule, reader: Reader) -> str:
    """When a reminder comes: `7 days before`, `1 day before at 20:00`."""
    lead = format_timedelta(rule.lead, granularity=_UNITS[rule.unit], threshold=1e9, locale=reader.language)
    if rule.at is None:
        return reader.catalog.gettext("%(lead)s before") % {"lead": lead}
    return reader.catalog.gettext("%(lead)s before at %(clock)s") % {"lead": lead, "clock": f"{rule.at:%H:%M}"}
