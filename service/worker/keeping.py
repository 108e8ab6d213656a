"""Keeping: a revision becomes the last good one, together with everything that its changes cause; or it does not."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from service.reminders.calendar_entry import CORRECTED_WITHIN, tell_gist
from service.reminders.occasion import takes_place
from service.schedule.version import Change, ChangeKind
from service.store.editions import check
from service.store.inviting import tell_planned
from service.store.ledger import Kind
from service.store.noticing import News, owe_notice
from service.store.owing import is_owed_to_organiser, owe_organiser
from service.store.revisions import Stored, mark_broken, save
from service.store.withdrawing import CALLED_OFF, SUPERSEDED, call_off

__all__ = ["keep", "keep_last_good"]

_TOLD: Final = {
    ChangeKind.MOVED: Kind.MOVED,
    ChangeKind.CANCELLED: Kind.CANCELLED,
    ChangeKind.RESTORED: Kind.RESTORED,
}


def keep(connection: Connection, *, slug: str, stored: Stored, before: Stored | None, now: datetime) -> None:
    """Write a revision down, take back what it made untrue, and owe the notices that it causes: all or nothing.

    Raises `Overtaken` if `before` is no longer what is kept.
    """
    check(connection, slug, before)
    save(connection, slug, stored)
    for change in stored.revision.changes:
        if change.before is not None and change.kind in _TOLD:
            _tell(connection, slug, change, now)
        elif change.kind is ChangeKind.EDITED:
            tell_planned(connection, change.after.uid, tell_gist(change.after))
    since = before.broken_since if before else None
    if since and is_owed_to_organiser(connection, Kind.SOURCE_BROKEN, slug, since):
        owe_organiser(connection, Kind.SOURCE_HEALED, slug, since, "", now)


def keep_last_good(
    connection: Connection, *, slug: str, stored: Stored, before: Stored, kind: Kind | None, now: datetime
) -> None:
    """Note why the last good version stays, and owe the organiser a mail of this kind about it, if any.

    Raises `Overtaken` as `keep` does.
    """
    check(connection, slug, before)
    mark_broken(connection, slug, stored.trouble, now, stored.waiting)
    if kind is not None:
        owe_organiser(connection, kind, slug, stored.broken_since or now, stored.trouble, now)


def _tell(connection: Connection, slug: str, change: Change, now: datetime) -> None:
    # What is called off and then gets another date is called off still, and not everybody may have heard of it.
    kind = _TOLD[change.kind] if takes_place(change.after) else Kind.CANCELLED
    when = change.after.session.when
    call_off(connection, change.after.uid, CALLED_OFF if kind is Kind.CANCELLED else SUPERSEDED, now)
    if when is not None and when.starts > now:
        news = News(
            kind=kind,
            session=change.after.uid,
            starts_at=when.starts,
            edition=change.after.sequence,
            gist=tell_gist(change.after),
            was_at=change.before.session.when.starts if change.before and change.before.session.when else None,
            due_at=now + CORRECTED_WITHIN,
        )
        owe_notice(connection, slug, news, now)
