"""The week ahead: what a digest lists, and when it is sent to those who chose one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from service.schedule.session import When
from service.schedule.version import Version

__all__ = ["Week", "list_sessions", "list_weeks"]

_DAYS: Final = timedelta(days=7)
_ON_THE_EVE: Final = time(18)
"""Sunday evening: Monday's sessions are still ahead, and a week is planned before it begins."""

_USEFUL: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Week:
    """The days from a `monday` to its Sunday, as a reader in `timezone` (an IANA name) lives them."""

    monday: date
    timezone: str

    @classmethod
    def of(cls, moment: datetime, timezone: str) -> "Week":
        """The week that `moment` (aware) lies in."""
        day = moment.astimezone(ZoneInfo(timezone)).date()
        return cls(day - timedelta(days=day.weekday()), timezone)

    @classmethod
    def keyed(cls, key: datetime, timezone: str) -> "Week":
        """The week with this `key`."""
        return cls(key.astimezone(UTC).date(), timezone)

    @property
    def name(self) -> str:
        """The week's name by ISO 8601, the same in every zone: `2024-W05`."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def key(self) -> datetime:
        """An instant that stands for this week whatever the zone: its Monday's midnight, UTC."""
        return datetime.combine(self.monday, time(), UTC)

    @property
    def begins_at(self) -> datetime:
        """Midnight before its Monday, by the reader's clock."""
        return datetime.combine(self.monday, time(), ZoneInfo(self.timezone))

    @property
    def due_at(self) -> datetime:
        """When the digest is due (UTC): at 18:00 on the Sunday before, by the reader's clock."""
        return self._on_the_eve().astimezone(UTC)

    @property
    def expires_at(self) -> datetime:
        """When the digest is no longer worth sending (UTC): a day later."""
        return (self._on_the_eve() + _USEFUL).astimezone(UTC)

    def is_due(self, now: datetime) -> bool:
        """Whether the digest is due at `now` and still helps."""
        return self.due_at <= now < self.expires_at

    def holds(self, when: When) -> bool:
        """Whether something begins in this week, by the reader's clock; a whole day is the same day everywhere."""
        zone = when.starts.tzinfo if when.all_day else ZoneInfo(self.timezone)
        return self.monday <= when.starts.astimezone(zone).date() < self.monday + _DAYS

    def _on_the_eve(self) -> datetime:
        return datetime.combine(self.monday - timedelta(days=1), _ON_THE_EVE, ZoneInfo(self.timezone))


def list_weeks(versions: Iterable[Version], timezones: Iterable[str]) -> Iterator[Week]:
    """Every week, past and future, of which there is something to tell readers in these zones, each once."""
    times = [when for version in versions for when in _times(version)]
    for timezone in timezones:
        moments = (_first_moment(when, timezone) for when in times)
        yield from dict.fromkeys(Week.of(moment, timezone) for moment in moments)


def list_sessions(versions: Iterable[Version], week: Week) -> tuple[Version, ...]:
    """What a digest tells of a week, in order: its sessions, called off or not, and those that moved out of it."""
    found = (version for version in versions if any(map(week.holds, _times(version))))
    return tuple(sorted(found, key=lambda version: version.when.starts))


def _times(version: Version) -> tuple[When, ...]:
    """When a session is, and when it was if it has been put off since."""
    if not version.session.meets:
        return ()
    now, before = version.when, version.moved_from
    return (now, now.move(before)) if before is not None and before < now.starts else (now,)


def _first_moment(when: When, timezone: str) -> datetime:
    """When the reader's day begins that a whole day is; else when the session does."""
    return when.starts.replace(tzinfo=ZoneInfo(timezone)) if when.all_day else when.starts
