"""What there is to tell somebody: a reminder, a notice of a change, a confirmation. Each becomes one kind of mail."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.schedule.series import Series
from service.schedule.version import Version

__all__ = ["Alert", "Confirmation", "Known", "Message", "Notice", "NoticeKind", "Reminder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A session is near. `rule` (`1d`) is when it was due, `now` (aware) when it is composed.

    `speaking` addresses those who present at it.
    """

    series: Series
    version: Version
    rule: str
    now: datetime
    speaking: bool = False


class NoticeKind(StrEnum):
    """What a notice tells: a session has another time, does not take place, or takes place after all."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A session that people know of has changed; `before` is the session as they know it."""

    kind: NoticeKind
    series: Series
    version: Version
    before: Version | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Somebody registered this address: does its owner want that? It carries nothing that they typed."""

    series: Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody registered an address that is registered already. It carries nothing that they typed."""

    series: Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The organiser should know something. `paragraphs` are plain text, `url` (may be empty) is where to act."""

    subject: str
    paragraphs: tuple[str, ...]
    url: str = ""


Message = Reminder | Notice | Confirmation | Known | Alert
