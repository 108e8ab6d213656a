"""Proofs: every kind of mail about an invented session, to look at and to find broken templates before anybody does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.messages.compose import compose
from service.messages.letter import Addressee, Letter
from service.messages.message import (
    Confirmation,
    Known,
    Message,
    Notice,
    NoticeKind,
    Reminder,
    SourceBroken,
    SourceHealed,
)
from service.messages.stationery import Stationery
from service.schedule.series import Series
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version

__all__ = ["Proof", "print_proofs", "proof_addressee"]


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
        "notice-restored": Notice(kind=NoticeKind.RESTORED, series=series, version=coming, before=off),
        "confirmation": Confirmation(series=series),
        "known": Known(series=series),
        "source-broken": SourceBroken(
            series=series,
            trouble="일정/seminar.md:14:3: this date does not exist; write a day of that month",
            since=now,
        ),
        "source-waits": SourceBroken(
            series=series, trouble="일정/seminar.md: it would cancel 7 of the 21 coming sessions", since=now, waits=True
        ),
        "source-healed": SourceHealed(series=series),
    }


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
