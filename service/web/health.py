"""Health: whether the service keeps its promises right now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Connection

from service.delivery.rest import Trouble
from service.schedule.text import mask_addresses
from service.store.census import Stock, take_stock
from service.store.database import Database, DatabaseTrouble
from service.store.lanes import Hold, Lane, held
from service.store.ledger import next_due
from service.web.parts import Health
from service.web.shelf import Shelf
from service.worker.restraint import Restraint

__all__ = ["OVERDUE", "HealthCheck", "Sending"]

OVERDUE: Final = timedelta(minutes=2)
"""Mail that is due for longer than this is a reason to look."""


class Sending(Protocol):
    """Who sends mails, and knows what keeps them from leaving."""

    @property
    def trouble(self) -> Trouble | None:
        """What keeps mails from the relay."""
        ...

    @property
    def unwritten(self) -> DatabaseTrouble | None:
        """Why what became of mails cannot be written down, so that no more are sent."""
        ...


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What the ledger tells: when the oldest mail wanted to leave, the stock, and the lanes that are held."""

    due: datetime | None
    stock: Stock
    held: Mapping[Lane, Hold]


class HealthCheck:
    """Looks at the ledger, the relay and the sources.

    `sending` is who sends mails, if that is done here; `restraint` tells why nothing may be sent at all, if anything.
    """

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        sending: Sending | None,
        now: Callable[[], datetime],
        restraint: Callable[[], Restraint | None] = lambda: None,
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._sending = sending
        self._now = now
        self._restraint = restraint

    async def look(self) -> Health:
        """The state of things. It is not well if mail is overdue, cannot or must not be sent, or is not accounted for,
        or if the database is away."""
        try:
            ledger = await self._database.read(_look_up)
        except DatabaseTrouble as away:
            return Health(False, {"database": str(away)})
        late = max(self._now() - ledger.due, timedelta(0)) if ledger.due else timedelta(0)
        troubles = self._list_troubles(ledger)
        is_well = late <= OVERDUE and not ledger.stock.missing and not self._is_ill(troubles, ledger.due)
        facts = {
            "oldest_due_seconds": round(late.total_seconds()),
            "deliveries": {str(state): count for state, count in ledger.stock.states.items()},
            "unaccounted": ledger.stock.missing,
        }
        return Health(is_well, facts | self._tell_series() | troubles)

    def _list_troubles(self, ledger: _Ledger) -> dict[str, object]:
        """Whatever keeps mails from leaving, in words."""
        found: dict[str, object] = {}
        if restraint := self._restraint():
            found["restraint"] = restraint.words
        if ledger.held:
            found["held"] = {str(lane): mask_addresses(hold.reason) for lane, hold in ledger.held.items()}
        if self._sending and self._sending.unwritten:
            found["unwritten"] = str(self._sending.unwritten)
        if self._sending and (trouble := self._sending.trouble):
            found["relay"] = f"{trouble.outcome.phase}: {trouble.outcome.code or ''} {trouble.outcome.text}".strip()
        return found

    def _is_ill(self, troubles: Mapping[str, object], due: datetime | None) -> bool:
        """Whether a person has to look. A relay that is away for a moment, or that no mail waits for, is no reason."""
        if troubles.keys() - {"relay"}:
            return True
        trouble = self._sending.trouble if self._sending else None
        # Every attempt puts its mail off by some seconds, so that what is overdue alone would not show this.
        if trouble is None or due is None:
            return False
        return due - OVERDUE < self._now() and self._now() - trouble.since > OVERDUE

    def _tell_series(self) -> dict[str, object]:
        published = [found for slug in self._shelf.slugs() if (found := self._shelf.published(slug))]
        stale = {one.series.slug: one.stale_since.isoformat() for one in published if one.stale_since}
        return {"series": [one.series.slug for one in published], "stale_since": stale}


def _look_up(connection: Connection) -> _Ledger:
    return _Ledger(next_due(connection), take_stock(connection), held(connection))
