"""The alarm: the organiser is told when mails do not leave, and when they leave again.

The mail that tells it waits like every other one, and leaves as soon as the relay takes it.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from service.store.lanes import held
from service.store.ledger import OPEN, Kind
from service.store.owing import ORGANISER, is_owed_to_organiser, owe_organiser
from service.store.tables import deliveries

__all__ = ["has_news", "watch"]

_NO_SERIES: Final = ""


def watch(connection: Connection, cut_off: tuple[datetime, str] | None, now: datetime) -> None:
    """Owe the organiser the news if the relay is `cut_off` (since when, why) or a lane is held; or that this is over.

    It is told once however often this is called. It is over when nothing keeps mails from leaving and the mail that
    told of it has got its answer from the relay.
    """
    stops = [cut_off] if cut_off else [(one.since, one.reason) for one in held(connection).values()]
    if not stops:
        _tell_that_it_goes_on(connection, now)
        return
    since, reason = stops[0]
    if not is_owed_to_organiser(connection, Kind.SENDING_STOPPED, _NO_SERIES, since):
        owe_organiser(connection, Kind.SENDING_STOPPED, _NO_SERIES, since, reason, now)


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
