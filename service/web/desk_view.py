"""The desk at one moment, in the organiser's words. Pure: values in, values out; the template only lays it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.messages.catalog import Catalog
from service.reminders.outlook import Crowd
from service.reminders.rule import Rule
from service.schedule.text import mask_addresses
from service.store.fetches import Family
from service.store.overview import Overview
from service.web.desk_mail import (
    ConcernView,
    MailView,
    TallyView,
    list_ahead,
    view_concern,
    view_mail,
    view_tally,
)
from service.web.desk_series import SeriesView, view_series
from service.web.desk_words import LANES
from service.web.place import Published
from service.web.teller import Teller

__all__ = ["Desk", "DeskView", "name_speakers", "view_desk"]

_SHOWN: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is known of every series: what is `published`, its `crowd`, its rules; fetches `noted` and not kept yet.

    All but `published` are by slug; `rules` name every series of the settings.
    """

    published: Mapping[str, Published]
    crowds: Mapping[str, Crowd]
    rules: Mapping[str, Sequence[Rule]]
    speaker_rules: Mapping[str, Sequence[Rule]]
    noted: Mapping[str, Mapping[Family, datetime]]


@dataclass(frozen=True, slots=True)
class HoldView:
    """Mails that are held back, since when and why."""

    what: str
    since: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """Everything on the desk; the series that need a look first. `missing` are slugs of which nothing is published."""

    zone: str
    series: tuple[SeriesView, ...]
    missing: tuple[str, ...]
    holds: tuple[HoldView, ...]
    ahead: tuple[MailView, ...]
    tally: tuple[TallyView, ...]
    concerns: tuple[ConcernView, ...]


def view_desk(desk: Desk, overview: Overview, teller: Teller, catalog: Catalog) -> DeskView:
    """The desk for one reader."""
    series = [
        view_series(published, overview, desk.noted.get(slug, {}), teller, catalog)
        for slug, published in desk.published.items()
    ]
    return DeskView(
        zone=teller.zone,
        series=tuple(sorted(series, key=lambda one: not (one.trouble or one.late))),
        missing=tuple(slug for slug in desk.rules if slug not in desk.published),
        holds=tuple(
            HoldView(catalog.gettext(LANES[one.lane]), teller.tell_moment(one.since), mask_addresses(one.reason))
            for one in overview.holds
        ),
        ahead=_view_ahead(desk, overview, teller, catalog),
        tally=view_tally(overview.states, catalog),
        concerns=tuple(
            view_concern(one, desk.published.get(one.delivery.series), teller, catalog) for one in overview.concerns
        ),
    )


def name_speakers(published: Mapping[str, Published], now: datetime) -> set[str]:
    """Everybody who speaks at a session that is to come."""
    sessions = (version.session for one in published.values() for version in one.versions)
    return {name for one in sessions if one.when is not None and one.when.starts > now for name in one.speakers}


def _view_ahead(desk: Desk, overview: Overview, teller: Teller, catalog: Catalog) -> tuple[MailView, ...]:
    """The next mails: those that wait in the ledger, and those that will enter it when they fall due."""
    queues = list(overview.queues)
    for slug, crowd in desk.crowds.items():
        if published := desk.published.get(slug):
            rules, speaker_rules = desk.rules.get(slug, ()), desk.speaker_rules.get(slug, ())
            queues += list_ahead(published, crowd, rules, speaker_rules, teller.now)
    queues.sort(key=lambda one: one.next_at)
    return tuple(view_mail(one, desk.published.get(one.series), teller, catalog) for one in queues[:_SHOWN])
