"""The kinds of mail there are."""

from enum import StrEnum
from typing import Final

__all__ = ["PAUSABLE", "TO_ORGANISER", "Kind"]


class Kind(StrEnum):
    """What a mail is about."""

    REMINDER = "reminder"
    SPEAKER = "speaker"
    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    INVITATION = "invitation"
    CONFIRMATION = "confirmation"
    KNOWN = "known"
    WELCOME = "welcome"
    DIGEST = "digest"
    SOURCE_BROKEN = "source-broken"
    EDIT_WAITS = "edit-waits"
    SOURCE_HEALED = "source-healed"
    SENDING_STOPPED = "sending-stopped"
    SENDING_RESUMED = "sending-resumed"
    SIGN_UP_FLOOD = "sign-up-flood"
    ROW_INCOMPLETE = "row-incomplete"
    WEEKLY_REPORT = "weekly-report"


TO_ORGANISER: Final = (
    Kind.SOURCE_BROKEN,
    Kind.EDIT_WAITS,
    Kind.SOURCE_HEALED,
    Kind.SENDING_STOPPED,
    Kind.SENDING_RESUMED,
    Kind.SIGN_UP_FLOOD,
    Kind.ROW_INCOMPLETE,
    Kind.WEEKLY_REPORT,
)
"""Kinds that go to the organiser, who is no participant."""

PAUSABLE: Final = (Kind.REMINDER, Kind.SPEAKER, Kind.DIGEST)
"""Kinds that nobody gets who has paused. A session that somebody was told of and that moves is another matter."""
