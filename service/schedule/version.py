"""A version: a session with the identity and the revision history that calendars need."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.schedule.diagnostic import Diagnostic
from service.schedule.session import Session, When

__all__ = ["Change", "ChangeKind", "Revision", "Version"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A session as last published.

    `uid` never changes and is never reused (RFC 7986 5.3). `sequence` (RFC 5546 2.1.4) and `modified` (UTC, whole
    seconds) rise with every visible change. A `withdrawn` session left the document; it is kept as cancelled for a
    while so that calendars hear of it. `moved_from` is the start that it was last moved away from, if it ever moved:
    where calendars that have not asked since still show it.
    """

    uid: str
    session: Session
    sequence: int
    modified: datetime
    withdrawn: bool = False
    moved_from: datetime | None = None

    @property
    def id(self) -> str:
        """The short id of pages and addresses: the part of the uid before the host."""
        return self.uid.partition("@")[0]

    @property
    def when(self) -> When:
        """The session's time; only dated meetings become versions."""
        if self.session.when is None:
            raise ValueError(f"{self.uid} has no date")
        return self.session.when


class ChangeKind(StrEnum):
    """What an edit of the document did to one session."""

    ADDED = "added"
    MOVED = "moved"
    EDITED = "edited"
    CANCELLED = "cancelled"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two revisions; `before` is None for an added session."""

    kind: ChangeKind
    before: Version | None
    after: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A schedule with identities: what is published, and what changed on the way there.

    `versions` stand in the document's order, withdrawn ones last. `minted` counts the uids that this series ever
    used, so that none is used twice. `asides` are the rows that are no dated meeting: breaks, and sessions whose date
    is not known yet. Only pages show them.
    """

    versions: tuple[Version, ...]
    changes: tuple[Change, ...]
    minted: int
    diagnostics: tuple[Diagnostic, ...] = ()
    asides: tuple[Session, ...] = ()
