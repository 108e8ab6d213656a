"""The alarm: the organiser is told when mails do not leave, and when they leave again.

The mail that tells it waits like every other one, and leaves as soon as the relay takes it. What keeps even the ledger
from being written can be told only afterwards.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, func, or_, select

from service.store.lanes import Lane, held
from service.store.ledger import OPEN, Kind
from service.store.owing import ORGANISER, is_owed_to_organiser, owe_organiser
from service.store.stops import Stop
from service.store.tables import deliveries

__all__ = ["count_held_up", "has_news", "tell_standstill", "watch"]

_NO_SERIES: Final = ""


def watch(connection: Connection, cut_off: tuple[datetime, str] | None, now: datetime) -> None:
    """Owe the organiser the news if the relay is `cut_off` (since when, why) or a lane is held; or that this is over.

    Each is told once however often this is called. It is over when nothing keeps mails from leaving and the mail that
    told of it has got its answer from the relay.
    """
    holds = held(connection).values()
    if not cut_off and not holds:
        _tell_that_it_goes_on(connection, now)
        return
    # That mails to the organiser are held, too, is nothing that they could be told by mail.
    lanes = [(one.since, Stop(one.reason, one.lane)) for one in holds if one.lane is not Lane.ORGANISER]
    for since, stop in [(cut_off[0], Stop(cut_off[1]))] if cut_off else lanes:
        if not is_owed_to_organiser(connection, Kind.SENDING_STOPPED, _NO_SERIES, since):
            owe_organiser(connection, Kind.SENDING_STOPPED, _NO_SERIES, since, stop.write(), now)


def count_held_up(connection: Connection, until: datetime) -> int:
    """How many mails should have left by then and had not, whatever became of them since. Looks at every row."""
    was_open = or_(deliveries.c.settled_at.is_(None), deliveries.c.settled_at >= until)
    held_up = select(func.count()).select_from(deliveries).where(was_open, deliveries.c.due_at <= until)
    return int(connection.execute(held_up).scalar_one())


def tell_standstill(connection: Connection, since: datetime, stop: Stop, now: datetime) -> None:
    """Owe the organiser the news that nothing was sent since then until now, unless another process has told it."""
    told = (deliveries.c.kind == Kind.SENDING_RESUMED) & (deliveries.c.due_at >= since)
    if not connection.execute(select(exists().where(told))).scalar_one():
        owe_organiser(connection, Kind.SENDING_RESUMED, _NO_SERIES, since, stop.write(), now)


def has_news(connection: Connection) -> bool:
    """Whether the organiser was told that mails do not leave, and not yet that this is over."""
    return _find_stop_to_end(connection) is not None


def _tell_that_it_goes_on(connection: Connection, now: datetime) -> None:
    if last := _find_stop_to_end(connection):
        owe_organiser(connection, Kind.SENDING_RESUMED, _NO_SERIES, last.starts_at, last.note, now)


def _find_stop_to_end(connection: Connection) -> Row[Any, Any, Any] | None:
    """The last mail that told of a stop, if it was settled and nothing was told since."""
    told = (deliveries.c.participant_id == ORGANISER) & (deliveries.c.kind == Kind.SENDING_STOPPED)
    last = connection.execute(
        select(deliveries.c.state, deliveries.c.starts_at, deliveries.c.note)
        .where(told)
        .order_by(deliveries.c.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.state in OPEN:
        return None
    is_told = is_owed_to_organiser(connection, Kind.SENDING_RESUMED, _NO_SERIES, last.starts_at)
    return None if is_told else last
