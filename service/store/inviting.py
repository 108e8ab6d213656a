"""Inviting: whose own calendar does not show a session as it is, and who is therefore owed an invitation.

An invitation says what the feed says, and takes the place of the one before. Whoever is owed a notice about the session
anyway gets it with that, in one mail.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, literal, or_, select, true, update

from service.reminders.calendar_entry import GONE, CalendarEntry
from service.store.ledger import IS_PLANNED, DeliveryState, Kind
from service.store.owing import insert_for, prepare
from service.store.participants import State
from service.store.tables import deliveries, participants
from service.store.telling import last_entered

__all__ = ["count_invitations", "count_inviting", "gist_for_notice", "owe_invitations", "tell_planned"]


def owe_invitations(connection: Connection, series: str, entry: CalendarEntry, now: datetime) -> int:
    """Owe everybody who wants invitations the one that their calendar lacks at `now`; how many are new."""
    times = {"starts_at": entry.starts_at, "due_at": now, "expires_at": entry.starts_at}
    row = prepare(Kind.INVITATION, series, **times, now=now)
    told = {"told_at": last_entered(entry.session, deliveries.c.starts_at), "gist": literal(entry.gist)}
    whom = _lack(series, entry, now)
    return insert_for(connection, {**row, "session": entry.session, "rule": str(entry.edition)}, whom, told)


def count_invitations(connection: Connection, series: str, entry: CalendarEntry, at: datetime) -> int:
    """How many people will be owed an invitation `at` that instant, as things are now."""
    lacking = select(func.count()).select_from(participants).where(_lack(series, entry, at))
    return int(connection.execute(lacking).scalar_one())


def gist_for_notice(session: str, gist: str) -> ColumnElement[Any]:
    """What a notice tells each participant's own calendar: nothing new if they want no invitations.

    That a session was called off is told to every calendar that ever showed it, and to no other.
    """
    was_shown = last_entered(session, deliveries.c.gist).is_not(None)
    return case((was_shown if gist == GONE else participants.c.invitations, gist), else_="")


def tell_planned(connection: Connection, session: str, gist: str) -> None:
    """Note that the notices which are planned for a session will tell calendars this: it was edited meanwhile."""
    carries = (deliveries.c.session == session) & IS_PLANNED & (deliveries.c.kind != Kind.INVITATION)
    connection.execute(update(deliveries).where(carries, deliveries.c.gist != "").values(gist=gist))


def count_inviting(connection: Connection) -> dict[str, tuple[int, int]]:
    """Every series in which somebody wants invitations, by slug, with two numbers that change when those people do."""
    whom = (participants.c.state == State.CONFIRMED) & participants.c.invitations
    query = select(participants.c.series, func.count(), func.sum(participants.c.id)).where(whom)
    rows = connection.execute(query.group_by(participants.c.series))
    return {slug: (count, int(total)) for slug, count, total in rows}


def _lack(series: str, entry: CalendarEntry, now: datetime) -> ColumnElement[bool]:
    """Whether a participant wants invitations, and their calendar lacks this one at `now`."""
    shown = last_entered(entry.session, deliveries.c.gist)
    return and_(
        participants.c.series == series,
        participants.c.state == State.CONFIRMED,
        participants.c.invitations,
        func.coalesce(shown, "") != entry.gist,
        true() if entry.is_near(now) else shown.is_not(None),
        ~_is_coming(entry),
    )


def _is_coming(entry: CalendarEntry) -> ColumnElement[bool]:
    """Whether a mail that will tell the same is owed already. An invitation to an earlier edition will not be sent."""
    is_open = or_(IS_PLANNED, deliveries.c.state == DeliveryState.CLAIMED)
    is_valid = or_(deliveries.c.kind != Kind.INVITATION, deliveries.c.rule == str(entry.edition))
    return exists().where(
        deliveries.c.participant_id == participants.c.id,
        deliveries.c.session == entry.session,
        deliveries.c.gist == entry.gist,
        is_open,
        is_valid,
    )
