"""The series on the desk: how each one's document is, what lies ahead, who follows it, and how fresh calendars are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service.messages.catalog import Catalog
from service.reminders.occasion import takes_place
from service.schedule.series import Series
from service.schedule.text import mask_addresses
from service.schedule.version import Version
from service.store.fetches import Family
from service.store.overview import Overview
from service.store.participants import State
from service.store.waiting import Effect
from service.web.desk_words import CHANGES, FAMILIES
from service.web.freshness import LateEdit, find_late_edits
from service.web.place import Published
from service.web.teller import Teller
from service.web.views import SessionView, view_session

__all__ = ["CalendarView", "EffectView", "LateView", "SeriesView", "view_series"]


@dataclass(frozen=True, slots=True)
class EffectView:
    """What the edit that waits would do to one session."""

    what: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A family of calendar programs, and how long ago one of them asked last."""

    name: str
    asked: str


@dataclass(frozen=True, slots=True)
class LateView:
    """A session that was edited late, how soon that matters, and the programs that do not know of it."""

    title: str
    misses: str
    edited: str
    unaware: tuple[CalendarView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesView:
    """One series in the organiser's words. `next` is None where nothing dated is to come; `ahead` counts what is.

    `trouble` is empty while the document is well, and so for as long as `since`; `edit` is the digest of an edit that
    waits, with its `effects`, unless it `is_accepted` already.
    """

    series: Series
    next: SessionView | None
    ahead: int
    since: str
    trouble: str
    edit: str
    is_accepted: bool
    effects: tuple[EffectView, ...]
    people: Mapping[str, int]
    calendars: tuple[CalendarView, ...]
    late: tuple[LateView, ...]


def view_series(
    published: Published, overview: Overview, noted: Mapping[Family, datetime], teller: Teller, catalog: Catalog
) -> SeriesView:
    """A published series. `noted` are fetches that the database may not know yet."""
    series = published.series
    document = overview.documents.get(series.slug)
    waiting = document.waiting if document else None
    ahead = _list_ahead(published, teller.now)
    fetches = _take_later(overview.fetches.get(series.slug, {}), noted)
    people = overview.people.get(series.slug, {})
    late = find_late_edits(published.versions, fetches, teller.now)
    return SeriesView(
        series=series,
        next=view_session(ahead[0], series, now=teller.now, reader=teller.reader) if ahead else None,
        ahead=len(ahead),
        since=teller.tell_moment(document.broken_since or document.changed_at) if document else "",
        trouble=mask_addresses(document.trouble) if document else "",
        edit=waiting.digest if waiting else "",
        is_accepted=document is not None and document.is_accepted,
        effects=tuple(_view_effect(effect, teller, catalog) for effect in waiting.effects) if waiting else (),
        people={str(state): people.get(state, 0) for state in State},
        calendars=_view_calendars(fetches, teller, catalog),
        late=tuple(_view_late(edit, teller, catalog) for edit in late),
    )


def _list_ahead(published: Published, now: datetime) -> list[Version]:
    """The sessions that take place and are not over, the next first."""
    ahead = [one for one in published.versions if takes_place(one) and now < max(one.when.ends, one.when.starts)]
    return sorted(ahead, key=lambda version: version.when.starts)


def _take_later(one: Mapping[Family, datetime], other: Mapping[Family, datetime]) -> dict[Family, datetime]:
    return {family: max(known[family] for known in (one, other) if family in known) for family in {**one, **other}}


def _view_effect(effect: Effect, teller: Teller, catalog: Catalog) -> EffectView:
    before, after = teller.tell(effect.before.when if effect.before else None), teller.tell(effect.after.when)
    return EffectView(
        what=catalog.gettext(CHANGES[effect.kind]),
        title=mask_addresses(effect.after.title),
        before=before if before != after else "",
        after=after,
    )


def _view_calendars(fetches: Mapping[Family, datetime], teller: Teller, catalog: Catalog) -> tuple[CalendarView, ...]:
    return tuple(
        CalendarView(catalog.gettext(FAMILIES[family]), teller.tell_ago(fetches[family]))
        for family in Family
        if family in fetches
    )


def _view_late(edit: LateEdit, teller: Teller, catalog: Catalog) -> LateView:
    return LateView(
        title=mask_addresses(edit.version.session.title),
        misses=teller.tell_moment(edit.misses),
        edited=teller.tell_ago(edit.version.modified),
        unaware=_view_calendars({lag.family: lag.fetched_at for lag in edit.lags}, teller, catalog),
    )
