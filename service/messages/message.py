"""What there is to tell somebody: a reminder, a notice of a change, a confirmation, trouble with a document or mails.

Each becomes one kind of mail.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.messages.programme import Digest, Welcome
from service.messages.report import RowIncomplete, WeeklyReport
from service.schedule.series import Series
from service.schedule.version import Version

__all__ = [
    "Confirmation",
    "Digest",
    "Invitation",
    "Known",
    "Message",
    "Notice",
    "NoticeKind",
    "Reminder",
    "RowIncomplete",
    "SendingResumed",
    "SendingStopped",
    "SignUpFlood",
    "SourceBroken",
    "SourceHealed",
    "ToOrganiser",
    "Trouble",
    "WeeklyReport",
    "Welcome",
]


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
    """A session that people know of has changed; `before` is the session as they know it.

    With `invites` the mail tells the reader's own calendar, too.
    """

    kind: NoticeKind
    series: Series
    version: Version
    before: Version | None = None
    invites: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A session for the reader's own calendar: for the first time, or as an `update` of what the calendar shows."""

    series: Series
    version: Version
    update: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Somebody registered this address: does its owner want that? It carries nothing that they typed."""

    series: Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody registered an address that is registered already. It carries nothing that they typed."""

    series: Series


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBroken:
    """The organiser should know: the document of a series is not what is published.

    `trouble` says on one line what is wrong, and where; `since` (aware) is since when the last good version stands in
    for the document. It cannot be read or understood, or it could and `waits` for the organiser's word, because it
    changes so much.
    """

    series: Series
    trouble: str
    since: datetime
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealed:
    """The organiser can rest: the document of a series is read again, and it is what is published."""

    series: Series


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingStopped:
    """The organiser should know: since then (aware) mails do not leave, for a `reason` in the relay's words.

    `series` stands for the whole service. `held` names the sort of mails that are held back, if it is not all of them.
    """

    series: Series
    reason: str
    since: datetime
    held: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingResumed:
    """The organiser can rest: mails leave again, which they did not from `since` until `until` (both aware).

    `held` names the sort of mails that were held back, if it was not all of them; `waited` counts those that waited at
    the end, 0 if nobody has counted.
    """

    series: Series
    reason: str
    since: datetime
    until: datetime
    held: str = ""
    waited: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpFlood:
    """The organiser should know: since then (aware) the form has turned away many visitors.

    So many were `refused`, `doubted` as people, and `mailed` all the same. `series` stands for the whole service.
    """

    series: Series
    since: datetime
    refused: int
    doubted: int
    mailed: int


Trouble = SourceBroken | SendingStopped | SendingResumed
ToOrganiser = SourceHealed | Trouble | SignUpFlood | RowIncomplete | WeeklyReport
Message = Reminder | Notice | Invitation | Confirmation | Known | Welcome | Digest | ToOrganiser
