"""What the ledger knows about deliveries: a table of many, the whole story of one, and both for programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from service.messages.message_id import message_id
from service.settings.values import Settings
from service.store.attempts import Attempt
from service.store.keys import Keys
from service.store.ledger import TO_ORGANISER, Delivery, DeliveryState

__all__ = ["Story", "describe", "lay_out_table"]

_HEAD: Final = ("id", "due (UTC)", "state", "mail", "series", "to")
_STANDING: Final = {
    DeliveryState.PLANNED: "it is sent when it is due",
    DeliveryState.CLAIMED: "it is about to be sent",
    DeliveryState.HANDING: "it is being handed to the relay",
    DeliveryState.SENT: "the relay has taken it",
    DeliveryState.FAILED: "it was refused for good; `studybell deliveries retry {id}` tries again",
    DeliveryState.EXPIRED: "it would have come too late, so it was not sent",
    DeliveryState.CANCELLED: "it is not wanted any more",
    DeliveryState.PARKED: "it waits for you: put the cause right, then `studybell deliveries retry {id}` tries again",
    DeliveryState.UNCERTAIN: "nobody can know whether it arrived; `studybell deliveries settle {id}` closes it when "
    "somebody does, `studybell deliveries retry {id}` sends it again",
}

_BECAME: Final = {DeliveryState.PLANNED: "waits"}
"""What became of a delivery in an attempt, where the state's name would mislead."""


def describe(row: Delivery, keys: Keys, settings: Settings) -> dict[str, Any]:
    """A delivery as the object that programs rely on."""
    return {
        "id": row.id,
        "kind": row.kind,
        "series": row.series,
        "session": row.session.partition("@")[0] or None,
        "email": _recipient(row, settings),
        "rule": row.rule or None,
        "due_at": row.due_at.isoformat(),
        "state": row.state,
        "reason": row.reason,
        "attempts": row.attempts,
        "uncertain": row.doubts > 0,
        "message_id": message_id(keys.secret, row.key, settings.host),
    }


def lay_out_table(rows: Sequence[Delivery], settings: Settings) -> list[str]:
    """A line for every delivery, with its reason below."""
    cells = [_HEAD, *(_cells(row, settings) for row in rows)] if rows else []
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]
    reasons = ["", *(row.reason and f"{'':{widths[0]}}  {row.reason}" for row in rows)]
    return [text for line in zip(lines, reasons, strict=False) for text in line if text]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything about one delivery. `closed_at` is when it was settled for good, if it was; `attempts` are what
    happened otherwise.
    """

    row: Delivery
    created_at: datetime
    closed_at: datetime | None
    attempts: Sequence[Attempt] = ()

    @property
    def history(self) -> list[Attempt]:
        """What happened to it one after the other, up to how it was settled."""
        told = {(one.state, one.last_at) for one in self.attempts}
        known = list(self.attempts)
        if self.closed_at and (self.row.state, self.closed_at) not in told:
            end = {"at": self.closed_at, "last_at": self.closed_at}
            known.append(Attempt(**end, times=1, state=self.row.state, reason=self.row.reason))
        return sorted(known, key=lambda one: one.at)

    def describe(self, keys: Keys, settings: Settings) -> dict[str, Any]:
        """For programs: more than a list tells."""
        more = {"created_at": self.created_at, "expires_at": self.row.expires_at, "settled_at": self.closed_at}
        more["next_at"] = self.row.next_at if self.row.state is DeliveryState.PLANNED else None
        instants = {name: instant.isoformat() if instant else None for name, instant in more.items()}
        history = [
            {**asdict(one), "at": one.at.isoformat(), "last_at": one.last_at.isoformat()} for one in self.history
        ]
        return {**describe(self.row, keys, settings), **instants, "doubts": self.row.doubts, "history": history}

    def tell(self, keys: Keys, settings: Settings) -> list[str]:
        """For people, a fact a line. Instants are in UTC."""
        row = self.row
        facts = {
            "mail": " ".join(_cells(row, settings)[3:5]),
            "session": row.session.partition("@")[0],
            "to": _recipient(row, settings),
            "planned": _tell_instant(self.created_at),
            "due": _tell_instant(row.due_at),
            "useful until": _tell_instant(row.expires_at),
            "tried": f"{row.attempts} times" + f", {row.doubts} of them in doubt" * (row.doubts > 0),
            "next try": _tell_instant(row.next_at) if row.state is DeliveryState.PLANNED else "",
            "state": f"{row.state}: {_STANDING[row.state].format(id=row.id)}",
            "since": _tell_instant(self.closed_at) if self.closed_at else "",
            "reason": row.reason,
            "message_id": message_id(keys.secret, row.key, settings.host),
        }
        lines = [f"{name:<12} {fact}" for name, fact in facts.items() if fact]
        return [*lines, "history", *map(_tell_attempt, self.history)] if self.attempts else lines


def _cells(row: Delivery, settings: Settings) -> tuple[str, ...]:
    rule = row.rule if row.session else ""
    doubt = " (was in doubt)" if row.doubts else ""
    due = f"{row.due_at:%Y-%m-%d %H:%M}"
    return str(row.id), due, row.state, f"{row.kind} {rule}".strip(), row.series, _recipient(row, settings) + doubt


def _recipient(row: Delivery, settings: Settings) -> str:
    return settings.organizer if row.kind in TO_ORGANISER else row.address


def _tell_attempt(one: Attempt) -> str:
    again = f" ({one.times} times until {_tell_instant(one.last_at)})" if one.times > 1 else ""
    became = _BECAME.get(one.state, one.state)
    return f"  {_tell_instant(one.at)}  {became}: {one.reason}{again}"


def _tell_instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
