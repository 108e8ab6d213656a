"""Health: whether the service keeps its promises right now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from service.delivery.rest import Trouble
from service.store.database import Database, DatabaseTrouble
from service.store.ledger import next_due, tally
from service.web.parts import Health
from service.web.shelf import Shelf

__all__ = ["OVERDUE", "HealthCheck"]

OVERDUE: Final = timedelta(minutes=2)
"""Mail that is due for longer than this is a reason to look."""


class HealthCheck:
    """Looks at the ledger, the relay and the sources. `trouble` tells what keeps the courier from the relay, if any."""

    def __init__(
        self, database: Database, shelf: Shelf, trouble: Callable[[], Trouble | None], now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._trouble = trouble
        self._now = now

    async def look(self) -> Health:
        """The state of things. It is not well if mail is overdue, or cannot be sent, or the database is away."""
        try:
            due, counts = await self._database.read(lambda connection: (next_due(connection), tally(connection)))
        except DatabaseTrouble as away:
            return Health(False, {"database": str(away)})
        late = max(self._now() - due, timedelta(0)) if due else timedelta(0)
        published = [found for slug in self._shelf.slugs() if (found := self._shelf.published(slug))]
        stale = {one.series.slug: one.stale_since.isoformat() for one in published if one.stale_since}
        facts: dict[str, object] = {
            "oldest_due_seconds": round(late.total_seconds()),
            "deliveries": {str(state): count for state, count in counts.items()},
            "series": [one.series.slug for one in published],
            "stale_since": stale,
        }
        is_cut_off = False
        if trouble := self._trouble():
            # Every attempt puts its mail off by some seconds, so that what is overdue alone would not show this.
            is_cut_off = due is not None and due - OVERDUE < self._now() and self._now() - trouble.since > OVERDUE
            facts["relay"] = f"{trouble.outcome.phase}: {trouble.outcome.code or ''} {trouble.outcome.text}".strip()
        return Health(late <= OVERDUE and not is_cut_off, facts)
