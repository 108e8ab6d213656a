"""An occasion: one rule of one session falls due for everybody who shares a zone and lead times."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from service.reminders.rule import Rule, parse_rules
from service.schedule.session import Session, Status, When
from service.schedule.version import Version

__all__ = ["LAST_CALL", "Audience", "Occasion", "list_occasions", "takes_place"]

LAST_CALL: Final = timedelta(minutes=2)
"""A reminder that would arrive later than this before the start is worse than none."""

_MORNING: Final = time(9)


@dataclass(frozen=True, slots=True)
class Audience:
    """Participants of a series who share a time zone and lead times (`leads` as stored; empty: the series' rules)."""

    timezone: str
    leads: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A reminder owed to a whole audience. All instants are UTC; useful from `due_at` until `expires_at`.

    With `speakers` it is for those of the audience who speak at the session, told by their names.
    """

    session: str
    starts_at: datetime
    rule: str
    due_at: datetime
    expires_at: datetime
    audience: Audience
    speakers: tuple[str, ...] = ()

    def is_due(self, now: datetime) -> bool:
        """Whether the reminder is due at `now` and still helps."""
        return self.due_at <= now < self.expires_at


def takes_place(version: Version) -> bool:
    """Whether people are to be reminded of this session: it is dated, published and not called off."""
    session = version.session
    return session.meets and session.status is not Status.CANCELLED and not version.withdrawn


def list_occasions(
    versions: Iterable[Version],
    audiences: Sequence[Audience],
    rules: Sequence[Rule],
    speaker_rules: Sequence[Rule] = (),
) -> Iterator[Occasion]:
    """Every occasion of these sessions, past and future.

    `rules` are for audiences without their own lead times, `speaker_rules` for whoever speaks, beside those.
    """
    for version in versions:
        if takes_place(version):
            speakers = version.session.speakers
            for audience in audiences:
                yield from _of_session(version, audience, parse_rules(audience.leads) or tuple(rules), ())
                if speakers:
                    yield from _of_session(version, audience, speaker_rules, speakers)


def _of_session(
    version: Version, audience: Audience, rules: Sequence[Rule], speakers: tuple[str, ...]
) -> Iterator[Occasion]:
    session, zone = version.session, ZoneInfo(audience.timezone)
    start = _reminded_start(session)
    falls_due = {rule.due(start, zone): rule for rule in rules}
    last_call = start - LAST_CALL
    # Each reminder is useful until the next one of the same session takes its place.
    for (due, rule), (following, _) in pairwise([*sorted(falls_due.items()), (last_call, None)]):
        if rule is not None and due < min(following, last_call):
            yield Occasion(
                session=version.uid,
                starts_at=_when(session).starts.astimezone(UTC),
                rule=str(rule),
                due_at=due,
                expires_at=min(following, last_call),
                audience=audience,
                speakers=speakers,
            )


def _reminded_start(session: Session) -> datetime:
    """When the session begins for the purpose of reminders: an all-day one begins in the morning, not at midnight."""
    when = _when(session)
    return datetime.combine(when.starts.date(), _MORNING, when.starts.tzinfo) if when.all_day else when.starts


def _when(session: Session) -> When:
    assert session.when is not None, "only dated sessions have occasions"
    return session.when
