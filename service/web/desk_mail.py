"""Mail on the desk: what is sent next, how the ledger stands, and what went wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from service.messages.catalog import Catalog
from service.reminders.outlook import Crowd, foresee
from service.reminders.rule import Rule, parse_rules
from service.schedule.text import mask_addresses
from service.store.amending import could_retry
from service.store.ledger import DeliveryState, Kind
from service.store.overview import Concern, Queue
from service.web.desk_words import STATES, name_mail
from service.web.place import Published
from service.web.teller import Teller

__all__ = ["ConcernView", "MailView", "TallyView", "list_ahead", "mask", "view_concern", "view_mail", "view_tally"]

_AHEAD: Final = timedelta(days=14)
_SLACK: Final = timedelta(days=2)  # times of day, clocks that change, and whole days, which begin in the morning


@dataclass(frozen=True, slots=True)
class MailView:
    """Mails that leave next: when the first does, what they are, about which session, and how many.

    `language` is that of the title; `until` is empty once it is time.
    """

    when: str
    until: str
    what: str
    title: str
    language: str
    count: int


@dataclass(frozen=True, slots=True)
class TallyView:
    """How many mails stand in a state, and what that means."""

    state: DeliveryState
    name: str
    meaning: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernView:
    """Mails that went wrong in the same way. `id` is that of one of them; `whom` is masked, empty for several.

    `language` is that of the title.
    """

    id: int
    state: str
    what: str
    title: str
    language: str
    whom: str
    count: int
    reason: str
    when: str
    can_retry: bool
    may_be_doubled: bool


def list_ahead(
    published: Published, crowd: Crowd, rules: Sequence[Rule], speaker_rules: Sequence[Rule], now: datetime
) -> Iterator[Queue]:
    """The reminders of a series that fall due in the two weeks after `now`; everybody's of one session together."""
    own = (rule for audience in crowd.audiences for rule in parse_rules(audience.leads))
    earliest = max((rule.lead for rule in (*rules, *speaker_rules, *own)), default=timedelta(0))
    last = now + _AHEAD + earliest + _SLACK
    coming = [one for one in published.versions if one.session.when and now < one.session.when.starts <= last]
    queues: dict[tuple[str, str, Kind], Queue] = {}
    for one in foresee(coming, crowd, rules, speaker_rules):
        occasion = one.occasion
        if now < occasion.due_at <= now + _AHEAD:
            kind = Kind.SPEAKER if occasion.speakers else Kind.REMINDER
            key = occasion.session, occasion.rule, kind
            queue = queues.get(key) or Queue(
                kind=kind,
                series=published.series.slug,
                session=occasion.session,
                rule=occasion.rule,
                next_at=occasion.due_at,
                count=0,
            )
            first = min(queue.next_at, occasion.due_at)
            queues[key] = replace(queue, next_at=first, count=queue.count + one.count)
    yield from queues.values()


def view_mail(queue: Queue, published: Published | None, teller: Teller, catalog: Catalog) -> MailView:
    """Mails that leave next, about a session of `published`."""
    is_due = queue.next_at <= teller.now
    return MailView(
        when=teller.tell_moment(queue.next_at),
        until="" if is_due else teller.tell_until(queue.next_at),
        what=name_mail(queue.kind, queue.rule, catalog),
        title=_find_title(published, queue.session, queue.series),
        language=published.series.language if published else "",
        count=queue.count,
    )


def view_tally(states: Mapping[DeliveryState, int], catalog: Catalog) -> tuple[TallyView, ...]:
    """Every state, with its words."""
    return tuple(
        TallyView(state, catalog.gettext(name), catalog.gettext(meaning), states.get(state, 0))
        for state, (name, meaning) in STATES.items()
    )


def view_concern(concern: Concern, published: Published | None, teller: Teller, catalog: Catalog) -> ConcernView:
    """Mails that went wrong, about a session of `published`."""
    delivery = concern.delivery
    return ConcernView(
        id=delivery.id,
        state=catalog.gettext(STATES[delivery.state][0]),
        what=name_mail(delivery.kind, delivery.rule, catalog),
        title=_find_title(published, delivery.session, delivery.series),
        language=published.series.language if published else "",
        whom=mask(delivery.address) if concern.count == 1 else "",
        count=concern.count,
        reason=mask_addresses(delivery.reason),
        when=teller.tell_ago(concern.last_at) if concern.last_at else "",
        can_retry=could_retry(delivery, teller.now),
        may_be_doubled=delivery.state is DeliveryState.UNCERTAIN,
    )


def mask(address: str) -> str:
    """An address that its owner knows again and nobody else can use: `h…@example.org`."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}" if at else ""


def _find_title(published: Published | None, uid: str, otherwise: str) -> str:
    """The title of a session; of the series, if the mail is about no session, or one that is gone."""
    versions: Iterable[str] = ()
    if published:
        versions = (version.session.title for version in published.versions if version.uid == uid)
        otherwise = published.series.title
    return mask_addresses(next(iter(versions), otherwise))
