"""Changes: what readers see of the difference between two revisions of a schedule."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from service.schedule.session import Session, Status
from service.schedule.version import Change, ChangeKind, Revision, Version

__all__ = ["compare", "endangers", "find_objection", "looks_alike"]

_TOLERATED_PERCENT = 30
_KEPT_PERCENT = 70
_SMALL = 3


def looks_alike(one: Session, other: Session) -> bool:
    """Tell whether readers see no difference: only the line or the id differs.

    The same instant in another time zone is a difference, for calendars show the zone.
    """
    if one is other:
        return True
    named_alike = one if one.id == other.id else replace(one, id=other.id)
    return named_alike == other and _read_time(one) == _read_time(other)


def compare(before: Version | None, after: Version) -> Change | None:
    """Name what became of one session, or return None if readers see no difference.

    A session that is cancelled or comes back is that, whatever else changed. It moved if it starts at another instant
    or became or ceased to be an all-day session; a new end alone is an edit, for nobody comes at the wrong time.
    """
    if before is None:
        return Change(ChangeKind.ADDED, None, after)
    if looks_alike(before.session, after.session):
        return None
    was_cancelled = before.session.status is Status.CANCELLED
    is_cancelled = after.session.status is Status.CANCELLED
    if was_cancelled is not is_cancelled:
        kind = ChangeKind.CANCELLED if is_cancelled else ChangeKind.RESTORED
    elif _read_start(before.session) != _read_start(after.session):
        kind = ChangeKind.MOVED
    else:
        kind = ChangeKind.EDITED
    return Change(kind, before, after)


def endangers(changes: Iterable[Change], previous: Sequence[Version], now: datetime) -> bool:
    """Tell whether an edit should wait for the organiser: it cancels or moves over 30 % of the coming sessions.

    `previous` are the versions before the edit; cancelled sessions are not coming. With three or fewer coming sessions
    a single move is a third already and quite ordinary: there the edit waits only if it cancels all of two or three.
    """
    coming = {version.uid for version in previous if _is_coming(version, now)}
    touched = [change for change in changes if change.before is not None and change.before.uid in coming]
    cancelled = sum(change.kind is ChangeKind.CANCELLED for change in touched)
    moved = sum(change.kind is ChangeKind.MOVED for change in touched)
    if len(coming) <= _SMALL:
        return 1 < len(coming) == cancelled
    return (cancelled + moved) * 100 > _TOLERATED_PERCENT * len(coming)


def find_objection(before: Revision, after: Revision, now: datetime) -> str:
    """Why an edit waits for the organiser's word before it is published and mailed; empty if it need not.

    It waits if it cancels or moves much of what is to come, or if the document lost so much that it may be half of one.
    """
    if endangers(after.changes, before.versions, now):
        return "this edit cancels or moves more than 30 % of the coming sessions"
    had, has = (sum(not version.withdrawn for version in one.versions) for one in (before, after))
    if had - has > 1 and has * 100 < had * _KEPT_PERCENT:  # taking one row of three away is an ordinary edit
        return f"this edit leaves {has} of {had} sessions"
    return ""


def _is_coming(version: Version, now: datetime) -> bool:
    session = version.session
    return session.when is not None and session.when.starts > now and session.status is not Status.CANCELLED


def _read_start(session: Session) -> object:
    return session.when and (session.when.starts, session.when.all_day)


def _read_time(session: Session) -> object:
    """Read the zone and the offsets, too: equal datetimes may differ in both."""
    if session.when is None:
        return None
    return str(session.when.starts.tzinfo), session.when.starts.isoformat(), session.when.ends.isoformat()
