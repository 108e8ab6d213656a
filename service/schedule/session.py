"""A session: one meeting of a series, and the schedule that lists them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from service.schedule.diagnostic import Diagnostic, Severity

__all__ = ["Link", "Schedule", "Session", "Status", "When"]


class Status(StrEnum):
    """Whether a session takes place. A `BREAK` is a row that says there is no meeting."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a session: an http(s) address and the words that carried it (may be empty)."""

    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """The time of a session: aware datetimes in the schedule's own zone (a `ZoneInfo`), `ends` exclusive.

    An all-day session lasts from midnight to midnight.
    """

    starts: datetime
    ends: datetime
    all_day: bool = False

    def __post_init__(self) -> None:
        if self.starts.tzinfo is None or self.ends.tzinfo is None:
            raise ValueError("a session's time needs a time zone")
        # Times of one zone are compared by the wall clock, which shows the hour in which it is put back twice.
        if self.ends.astimezone(UTC) < self.starts.astimezone(UTC):
            raise ValueError("a session cannot end before it starts")

    def move(self, starts: datetime) -> "When":
        """The time of a session that takes as long and starts at another instant, in the same zone."""
        zone = self.starts.tzinfo
        if self.all_day:
            return When(starts.astimezone(zone), starts.astimezone(zone) + (self.ends - self.starts), all_day=True)
        lasts = self.ends.astimezone(UTC) - self.starts.astimezone(UTC)
        return When(starts.astimezone(zone), (starts.astimezone(UTC) + lasts).astimezone(zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One meeting as the document describes it; all texts are clean and plain.

    `id` is what an explicit id column says, else empty. `line` is where the row stands (1-based); it is no part of
    what a session is, so it does not take part in comparisons. `when` is None as long as no date is known.
    """

    title: str
    when: When | None = None
    number: str = ""
    type: str = ""
    speakers: tuple[str, ...] = ()
    affiliation: str = ""
    place: str = ""
    links: tuple[Link, ...] = ()
    note: str = ""
    status: Status = Status.CONFIRMED
    id: str = ""
    line: int = field(default=0, compare=False)

    @property
    def meets(self) -> bool:
        """Whether this is a dated meeting, cancelled or not: what a calendar lists."""
        return self.when is not None and self.status is not Status.BREAK


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A series' whole schedule in the document's order, with everything remarkable found on the way."""

    title: str
    language: str
    timezone: str
    sessions: tuple[Session, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether the document can be published: it has a dated session and no error."""
        return any(session.meets for session in self.sessions) and not any(
            remark.severity is Severity.ERROR for remark in self.diagnostics
        )
