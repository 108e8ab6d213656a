"""Lanes: the kinds of mail that wait in one line. A flood in one takes nothing from the others.

A lane is held when the relay refuses its mails whomever they are for: nobody's address is to blame, so nothing more is
sent that way until one mail, tried now and then, is accepted. All processes obey a hold, and it outlives them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, delete, select, update

from service.store.attempts import Happening, remember
from service.store.inserting import insert_into
from service.store.ledger import TO_ORGANISER, Delivery, DeliveryState, Kind
from service.store.tables import deliveries, holds

__all__ = [
    "HELD_BACK",
    "LANES",
    "LONGEST_REST",
    "Hold",
    "Lane",
    "begin_try",
    "held",
    "hold",
    "lane_of",
    "release",
    "try_now",
]


class Lane(StrEnum):
    """A line in which mails wait."""

    SIGN_UPS = "sign-ups"
    ORGANISER = "organiser"
    NOTICES = "notices"
    REMINDERS = "reminders"


LANES: Final[Mapping[Lane, tuple[Kind, ...]]] = {
    Lane.SIGN_UPS: (Kind.CONFIRMATION, Kind.KNOWN, Kind.WELCOME),
    Lane.ORGANISER: TO_ORGANISER,
    Lane.NOTICES: (Kind.MOVED, Kind.CANCELLED, Kind.RESTORED, Kind.INVITATION),
    Lane.REMINDERS: (Kind.REMINDER, Kind.SPEAKER, Kind.DIGEST),
}

LONGEST_REST: Final = timedelta(hours=1)
"""How long at most nothing is tried."""

HELD_BACK: Final = "held back: "
"""How the reason of a delivery begins that was refused for no fault of its recipient, and is owed again."""

_LANE_OF: Final = {kind: lane for lane, kinds in LANES.items() for kind in kinds}


def lane_of(kind: Kind) -> Lane:
    """The lane in which mails of this kind wait."""
    return _LANE_OF[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why and how long nothing is sent from a lane.

    `refusal` is what the refusals have in common, `reason` the last one in the relay's words. At `until` one mail is
    tried; if it is refused as well, the next one is tried after twice the `rest`.
    """

    lane: Lane
    refusal: str
    reason: str
    since: datetime
    until: datetime
    rest: timedelta


def held(connection: Connection) -> dict[Lane, Hold]:
    """The lanes from which nothing is sent."""
    rows = connection.execute(select(holds).order_by(holds.c.since, holds.c.lane))
    found = (
        Hold(
            lane=Lane(row.lane),
            refusal=row.refusal,
            reason=row.reason,
            since=row.since,
            until=row.until,
            rest=timedelta(seconds=row.rest),
        )
        for row in rows
    )
    return {one.lane: one for one in found}


def hold(connection: Connection, wanted: Hold, refused: Iterable[Delivery], now: datetime) -> None:
    """Send nothing more from a lane, or nothing for longer still; it stays held since when it was first.

    Those who were `refused`, and have failed, are owed their mail again. It is tried after others', which tell more,
    but in good time.
    """
    why = {"refusal": wanted.refusal, "reason": wanted.reason, "until": wanted.until}
    why["rest"] = round(wanted.rest.total_seconds())
    row = insert_into(connection, holds).values(lane=wanted.lane, since=wanted.since, **why)
    connection.execute(row.on_conflict_do_update(index_elements=["lane"], set_=why))
    reason = f"{HELD_BACK}{wanted.reason}"
    for delivery in refused:
        rest = min(LONGEST_REST, (delivery.expires_at - now) / 2)
        again = {"state": DeliveryState.PLANNED, "settled_at": None, "next_at": now + rest}
        failed = (deliveries.c.id == delivery.id) & (deliveries.c.state == DeliveryState.FAILED)
        if connection.execute(update(deliveries).where(failed).values(**again, reason=reason)).rowcount:
            remember(connection, [(delivery._replace(owner=""), Happening(DeliveryState.PLANNED, reason))], now)


def begin_try(connection: Connection, lane: Lane, now: datetime) -> bool:
    """Whether the caller, and nobody else, is to try one mail of a held lane at `now`. Then the next rest begins."""
    rest = connection.execute(select(holds.c.rest).where(holds.c.lane == lane, holds.c.until <= now)).scalar()
    if rest is None:
        return False
    again = update(holds).where(holds.c.lane == lane, holds.c.until <= now).values(until=now + timedelta(seconds=rest))
    return bool(connection.execute(again).rowcount)


def release(connection: Connection, lane: Lane) -> bool:
    """Send again from a lane; False if it was not held."""
    return bool(connection.execute(delete(holds).where(holds.c.lane == lane)).rowcount)


def try_now(connection: Connection, lane: Lane, now: datetime) -> None:
    """Try one mail of a held lane now rather than later."""
    connection.execute(update(holds).where(holds.c.lane == lane, holds.c.until > now).values(until=now))
