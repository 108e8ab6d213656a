"""Saying: what a delivery of the ledger has to tell, by the schedule as it is published now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from service.messages.message import (
    Confirmation,
    Invitation,
    Known,
    Message,
    Notice,
    NoticeKind,
    Reminder,
    RowIncomplete,
    SendingResumed,
    SendingStopped,
    SignUpFlood,
    SourceBroken,
    SourceHealed,
)
from service.messages.programme import Programme, make_digest, make_welcome
from service.messages.report import make_report
from service.reminders.week import Week
from service.schedule.series import Series
from service.schedule.version import Version
from service.store.flooding import read_flood
from service.store.ledger import Delivery, Kind
from service.store.reporting import read_figures, read_missing
from service.store.stops import Stop

__all__ = ["Published", "say"]


@dataclass(frozen=True, slots=True)
class Published:
    """What a delivery may speak of: its series, its session if it has one, and all `programmes` by slug."""

    series: Series
    version: Version | None
    programmes: Mapping[str, Programme]


def say(delivery: Delivery, published: Published, now: datetime) -> Message:
    """What `delivery` has to tell at `now` (aware).

    Raises `ValueError` if what it speaks of is published no more.
    """
    message = _say_of_service(delivery, published, now) or _say_of_series(delivery, published, now)
    return message or _say_of_session(delivery, published, now)


def _say_of_service(delivery: Delivery, published: Published, now: datetime) -> Message | None:
    series, note, since = published.series, delivery.note, delivery.starts_at
    match delivery.kind:
        case Kind.SENDING_STOPPED:
            stop = Stop.read(note)
            return SendingStopped(series=series, reason=stop.reason, since=since, held=stop.held)
        case Kind.SENDING_RESUMED:
            stop, times = Stop.read(note), {"since": since, "until": delivery.due_at}
            return SendingResumed(series=series, reason=stop.reason, held=stop.held, waited=stop.waited, **times)
        case Kind.SIGN_UP_FLOOD:
            flood = read_flood(note)
            counts = {"refused": flood.refused, "doubted": flood.doubted, "mailed": flood.mailed}
            return SignUpFlood(series=series, since=since, **counts)
        case Kind.WEEKLY_REPORT:
            week = Week.keyed(since, series.timezone)
            return make_report(series, list(published.programmes.values()), week, read_figures(note), now)
    return None


def _say_of_series(delivery: Delivery, published: Published, now: datetime) -> Message | None:
    series, note, since = published.series, delivery.note, delivery.starts_at
    match delivery.kind:
        case Kind.CONFIRMATION:
            return Confirmation(series=series)
        case Kind.KNOWN:
            return Known(series=series)
        case Kind.WELCOME:
            return make_welcome(published.programmes[series.slug], now)
        case Kind.DIGEST:
            return make_digest(published.programmes[series.slug], Week.keyed(since, delivery.timezone))
        case Kind.SOURCE_BROKEN | Kind.EDIT_WAITS:
            return SourceBroken(series=series, trouble=note, since=since, waits=delivery.kind is Kind.EDIT_WAITS)
        case Kind.SOURCE_HEALED:
            return SourceHealed(series=series)
    return None


def _say_of_session(delivery: Delivery, published: Published, now: datetime) -> Message:
    series, version = published.series, published.version
    if version is None:
        raise ValueError(f"session {delivery.session} is no longer in the schedule")
    match delivery.kind:
        case Kind.REMINDER | Kind.SPEAKER:
            speaking = delivery.kind is Kind.SPEAKER
            return Reminder(series=series, version=version, rule=delivery.rule, now=now, speaking=speaking)
        case Kind.ROW_INCOMPLETE:
            return RowIncomplete(series=series, version=version, missing=read_missing(delivery.note))
        case Kind.INVITATION:
            return Invitation(series=series, version=version, update=delivery.told_at is not None)
    before, invites = _as_told(version, delivery.told_at), bool(delivery.gist)
    return Notice(kind=NoticeKind(delivery.kind), series=series, version=version, before=before, invites=invites)


def _as_told(version: Version, told_at: datetime | None) -> Version | None:
    """The session as the reader knew it: at the time that the last mail named."""
    when = version.session.when
    if told_at is None or when is None or told_at == when.starts:
        return None
    return replace(version, session=replace(version.session, when=when.move(told_at)))
