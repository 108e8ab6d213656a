"""What is ahead: mails that will be sent at one time to so many, for people and for programs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from service.messages.shortening import shorten
from service.reminders.outlook import Foreseen
from service.reminders.week import list_weeks
from service.schedule.version import Version
from service.store.ledger import Kind
from service.store.overview import Queue
from service.store.participants import Participant, State

__all__ = ["Mails", "Span", "foresee_digests", "foresee_invitations", "foresee_reminder", "tell_queue"]

_COLUMNS: Final = 80
_TO_SPEAKERS: Final = " (speaking)"
_REMINDERS: Final = (Kind.REMINDER, Kind.SPEAKER)


@dataclass(frozen=True, slots=True)
class Span:
    """The time between two instants: what is due after `now`, and at `last` at the latest."""

    now: datetime
    last: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether it lies ahead, and not too far."""
        return self.now < moment <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Mails:
    """So many mails of a kind that are due at one instant. `session` and `title` are empty if they speak of no session,
    `rule` unless they are reminders. Times are told by the clock of `timezone`.
    """

    kind: Kind
    series: str
    due_at: datetime
    timezone: str
    count: int
    session: str = ""
    title: str = ""
    rule: str = ""

    def describe(self) -> dict[str, Any]:
        """For programs."""
        return {
            "kind": self.kind,
            "series": self.series or None,
            "session": self.session or None,
            "title": self.title or None,
            "rule": self.rule or None,
            "speaking": self.kind is Kind.SPEAKER,
            "due_at": self._by_the_clock().isoformat(),
            "timezone": self.timezone,
            "count": self.count,
        }

    def tell(self) -> str:
        """On a line of eighty columns."""
        what = self.rule if self.kind in _REMINDERS else self.kind
        head = f"{self._by_the_clock():%a %Y-%m-%d %H:%M %Z}  {what:>10}  {self.count:>6} x  "
        whom = _TO_SPEAKERS if self.kind is Kind.SPEAKER else ""
        about = ": ".join(part for part in (self.series, self.title) if part)
        return f"{head}{shorten(about, _COLUMNS - len(head) - len(whom))}{whom}".rstrip()

    def _by_the_clock(self) -> datetime:
        return self.due_at.astimezone(ZoneInfo(self.timezone))


def foresee_reminder(series: str, one: Foreseen) -> Mails:
    """A reminder that will be owed."""
    occasion = one.occasion
    return Mails(
        kind=Kind.SPEAKER if occasion.speakers else Kind.REMINDER,
        series=series,
        session=one.version.id,
        title=one.version.session.title,
        rule=occasion.rule,
        due_at=occasion.due_at,
        timezone=occasion.audience.timezone,
        count=one.count,
    )


def foresee_digests(
    series: str, versions: Iterable[Version], people: Sequence[Participant], span: Span
) -> Iterator[Mails]:
    """The weekly summaries that will be owed, for each time zone."""
    readers = [one for one in people if one.digest and one.state is State.CONFIRMED]
    for week in list_weeks(versions, sorted({one.timezone for one in readers})):
        count = sum(one.timezone == week.timezone and not one.is_paused(week.due_at) for one in readers)
        if count and span.holds(week.due_at):
            yield Mails(kind=Kind.DIGEST, series=series, due_at=week.due_at, timezone=week.timezone, count=count)


def foresee_invitations(series: str, version: Version, due_at: datetime, count: int) -> Mails:
    """The invitations to a session that will be owed."""
    return Mails(
        kind=Kind.INVITATION,
        series=series,
        session=version.id,
        title=version.session.title,
        due_at=due_at,
        timezone=str(version.when.starts.tzinfo),
        count=count,
    )


def tell_queue(queue: Queue, versions: Iterable[Version], timezone: str) -> Mails:
    """What is in the ledger already and waits, of a series with these sessions."""
    title = next((one.session.title for one in versions if queue.session and one.uid == queue.session), "")
    return Mails(
        kind=queue.kind,
        series=queue.series,
        session=queue.session.partition("@")[0],
        title=title,
        rule=queue.rule if queue.kind in _REMINDERS else "",
        due_at=queue.next_at,
        timezone=timezone,
        count=queue.count,
    )
