"""What the preferences page shows: a person's choices for each series, and the series they could join."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from service.feed.words import choose_words
from service.messages.catalog import Catalog
from service.messages.wording import render_day
from service.reminders.rule import parse_rules
from service.schedule.series import Series
from service.store.keys import Purpose
from service.store.participants import Participant, State
from service.web.feed_links import FeedLinks, link_address
from service.web.holder import Holder, name_series
from service.web.lead_times import name_rule
from service.web.parts import Parts
from service.web.personal_feed import OWN_ALARMS
from service.web.preferences_form import LONGEST_PAUSE, OFFERED, Wish, read_choice

__all__ = ["Choice", "Own", "Pause", "Taken", "list_joinable", "list_others", "offer", "take", "view_own", "view_pause"]

_MOST_OFFERED: Final = 30
"""A university has a thousand; they are found on their own pages."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A lead time that can be ticked."""

    rule: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A series that the person is registered for. Its form goes to the link of that registration.

    `usual` are the series' own lead times in words.
    """

    series: Series
    token: str
    form: Wish
    usual: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The personal calendar; `is_rounded` says that a reminder has a time of day, which no alarm can have."""

    feeds: Sequence[FeedLinks]
    is_rounded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A pause: the day on which it ends, in words, empty if there is none; and the days on which one can end."""

    ends: str
    first: str
    last: str


def offer(catalog: Catalog) -> list[Choice]:
    """The lead times that can be ticked."""
    return [Choice(str(rule), name_rule(rule, catalog)) for rule in OFFERED]


def take(parts: Parts, person: Participant, series: Series, catalog: Catalog, form: Wish | None = None) -> Taken:
    """A registration with what was chosen, or with a `form` that cannot be taken as it is."""
    return Taken(
        series=series,
        token=parts.keys.token(Purpose.PREFERENCES, person.id, person.generation),
        form=form or read_choice(person),
        usual=", ".join(name_rule(rule, catalog) for rule in parts.rules.get(person.series, ())),
    )


def list_others(parts: Parts, holder: Holder, people: Iterable[Participant], catalog: Catalog) -> list[Taken]:
    """The other series that the person is registered for."""
    others = (one for one in people if one.state is State.CONFIRMED and one.id != holder.participant.id)
    return [take(parts, one, name_series(one, parts), catalog) for one in others]


def list_joinable(parts: Parts, holder: Holder, people: Iterable[Participant]) -> list[Series]:
    """Published series of which the person gets no mail, thirty at most; none if mail does not reach them."""
    if holder.participant.state is State.SUPPRESSED:
        return []
    taken = {one.series for one in people if one.state in (State.CONFIRMED, State.SUPPRESSED)}
    published = (parts.shelf.published(slug) for slug in parts.shelf.slugs() if slug != holder.participant.series)
    joinable = (found.series for found in published if found and found.series.slug not in taken)
    return list(islice(joinable, _MOST_OFFERED))


def view_own(parts: Parts, holder: Holder, token: str) -> Own:
    """The links to the personal feed: as it is, and with alarms at the times of the reminders."""
    address, name = f"{parts.base_url}/me/{token}.ics", choose_words(holder.visit.reader.language).mine
    asked = (address, f"{address}?{urlencode([OWN_ALARMS])}")
    rules = parse_rules(holder.participant.leads) or parts.rules.get(holder.series.slug, ())
    return Own(
        feeds=[link_address(one, download=one, name=name) for one in asked],
        is_rounded=any(rule.at for rule in rules),
    )


def view_pause(holder: Holder, now: datetime) -> Pause:
    """The person's pause, by the days of their own time zone."""
    person, zone = holder.participant, ZoneInfo(holder.participant.timezone)
    ends = person.paused_until if person.is_paused(now) else None
    return Pause(
        ends=render_day(ends.astimezone(zone), holder.visit.reader.language) if ends else "",
        first=(now.astimezone(zone).date() + timedelta(days=1)).isoformat(),
        last=((now + LONGEST_PAUSE).astimezone(zone).date()).isoformat(),
    )
