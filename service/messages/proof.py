"""Proofs: every kind of mail about an invented session, to look at and to find broken templates before anybody does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.messages.compose import compose
from service.messages.letter import Addressee, Letter
from service.messages.message import (
    Confirmation,
    Digest,
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
    WeeklyReport,
    Welcome,
)
from service.messages.report import Entry, Figures, Stale
from service.messages.stationery import Stationery
from service.reminders.gap import Missing
from service.reminders.rule import parse_rules
from service.reminders.week import Week
from service.schedule.series import Series
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version

__all__ = ["Proof", "print_proofs", "proof_addressee"]


_REFUSED = "rcpt: 550 5.7.1 mails from 192.0.2.1 are not accepted, see https://mail.example.org/blocked"
_FULL = "only 12 MiB are free on the disk: free 64 MiB or more"


@dataclass(frozen=True, slots=True)
class Proof:
    """A letter as it looks in one language; `name` says what it shows (`reminder`, `notice-moved`)."""

    name: str
    language: str
    letter: Letter


def print_proofs(stationery: Stationery, series: Series, *, now: datetime) -> Iterator[Proof]:
    """Every kind of mail in every language, as if a session of `series` were a day away from `now` (aware)."""
    for name, message in _invent_messages(series, now).items():
        for language in stationery.languages:
            yield Proof(name, language, compose(message, stationery, language=language, timezone=series.timezone))


def proof_addressee(base_url: str) -> Addressee:
    """Somebody invented whom a proof can be addressed to."""
    return Addressee(
        email="reader@example.org",
        name="Kim Reader",
        message_id="<proof@example.org>",
        unsubscribe_url=f"{base_url}/unsubscribe/example",
        preferences_url=f"{base_url}/me/example",
        confirm_url=f"{base_url}/confirm/example",
    )


def _invent_messages(series: Series, now: datetime) -> Mapping[str, Message]:
    coming = _invent_version(now + timedelta(days=1))
    earlier = _invent_version(now + timedelta(hours=20))
    off = _invent_version(now + timedelta(days=1), Status.CANCELLED)
    return {
        "reminder": Reminder(series=series, version=coming, rule="1d", now=now),
        "reminder-speaker": Reminder(series=series, version=coming, rule="1d", now=now, speaking=True),
        "notice-moved": Notice(kind=NoticeKind.MOVED, series=series, version=coming, before=earlier),
        "notice-cancelled": Notice(kind=NoticeKind.CANCELLED, series=series, version=off, before=coming),
        "notice-moved-invited": Notice(
            kind=NoticeKind.MOVED, series=series, version=coming, before=earlier, invites=True
        ),
        "notice-restored": Notice(kind=NoticeKind.RESTORED, series=series, version=coming, before=off),
        "invitation": Invitation(series=series, version=coming),
        "invitation-update": Invitation(series=series, version=coming, update=True),
        **_invent_programmes(series, coming),
        **_invent_troubles(series, now),
        "row-incomplete": RowIncomplete(series=series, version=_invent_unready(coming), missing=tuple(Missing)),
        "weekly-report": _invent_report(series, coming, now),
    }


def _invent_programmes(series: Series, coming: Version) -> Mapping[str, Message]:
    soon = _put_off(coming, 1)
    off = replace(soon, session=replace(soon.session, status=Status.CANCELLED))
    late = replace(_put_off(coming, 7), moved_from=coming.when.starts)
    week = Week.of(coming.when.starts, series.timezone)
    rules = parse_rules("7d 1d@20:00")
    return {
        "confirmation": Confirmation(series=series),
        "known": Known(series=series),
        "welcome": Welcome(series=series, versions=(coming, _put_off(coming, 7)), rules=rules, more=3),
        "digest": Digest(series=series, week=week, versions=(coming, off, late)),
    }


def _invent_troubles(series: Series, now: datetime) -> Mapping[str, Message]:
    return {
        "source-broken": SourceBroken(
            series=series,
            trouble="일정/seminar.md:14:3: this date does not exist; write a day of that month",
            since=now,
        ),
        "source-waits": SourceBroken(
            series=series, trouble="일정/seminar.md: it would cancel 7 of the 21 coming sessions", since=now, waits=True
        ),
        "source-healed": SourceHealed(series=series),
        "sending-stopped": SendingStopped(series=series, reason=_REFUSED, since=now),
        "sending-held": SendingStopped(series=series, reason=_REFUSED, since=now, held="reminders"),
        "sending-resumed": SendingResumed(series=series, reason=_REFUSED, since=now, until=now + timedelta(hours=2)),
        "sending-recovered": SendingResumed(
            series=series, reason=_FULL, since=now, until=now + timedelta(hours=2), waited=40
        ),
        "sign-up-flood": SignUpFlood(series=series, since=now, refused=412, doubted=37, mailed=88),
    }


def _invent_report(series: Series, coming: Version, now: datetime) -> WeeklyReport:
    return WeeklyReport(
        series=series,
        week=Week.of(coming.when.starts, series.timezone),
        entries=(Entry(series, coming), Entry(series, _put_off(coming, 2))),
        gaps=(Entry(series, _invent_unready(coming), (Missing.TOPIC, Missing.SPEAKER)),),
        stale=(Stale(series, now - timedelta(days=3)),),
        figures=Figures(people=42, came=3, left=1, sent=97, failed=1, uncertain=1, unreached=1),
    )


def _invent_unready(coming: Version) -> Version:
    return replace(_put_off(coming, 7), session=Session(title="", when=_put_off(coming, 7).session.when, number="5"))


def _put_off(version: Version, days: int) -> Version:
    when = version.when.move(version.when.starts + timedelta(days=days))
    return replace(version, session=replace(version.session, when=when))


def _invent_version(starts: datetime, status: Status = Status.CONFIRMED) -> Version:
    session = Session(
        title="Attention Is All You Need",
        when=When(starts, starts + timedelta(hours=2)),
        number="4",
        type="transformers",
        speakers=("Kim Speaker",),
        affiliation="Example University",
        place="Room 101",
        links=(Link("https://arxiv.org/abs/1706.03762", "Attention Is All You Need (2017)"),),
        status=status,
    )
    return Version(uid="0004@example.org", session=session, sequence=0, modified=starts)
