"""What the ledger knows about deliveries: a table of many, the whole story of one, and both for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from service.messages.message_id import message_id
from service.settings.values import Settings
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
    """Everything about one delivery. `closed_at` is when it was settled for good, if it was."""

    row: Delivery
    created_at: datetime
    closed_at: datetime | None

    def describe(self, keys: Keys, settings: Settings) -> dict[str, Any]:
        """For programs: more than a list tells."""
        more = {"created_at": self.created_at, "expires_at": self.row.expires_at, "settled_at": self.closed_at}
        more["next_at"] = self.row.next_at if self.row.state is DeliveryState.PLANNED else None
        instants = {name: instant.isoformat() if instant else None for name, instant in more.items()}
        return {**describe(self.row, keys, settings), **instants, "doubts": self.row.doubts}

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
        return [f"{name:<12} {fact}" for name, fact in facts.items() if fact]


def _cells(row: Delivery, settings: Settings) -> tuple[str, ...]:
    rule = row.rule if row.session else ""
    doubt = " (was in doubt)" if row.doubts else ""
    due = f"{row.due_at:%Y-%m-%d %H:%M}"
    return str(row.id), due, row.state, f"{row.kind} {rule}".strip(), row.series, _recipient(row, settings) + doubt


def _recipient(row: Delivery, settings: Settings) -> str:
    return settings.organizer if row.kind in TO_ORGANISER else row.address


def _tell_instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
