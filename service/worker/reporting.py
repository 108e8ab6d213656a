"""Reporting: every Monday morning the organiser hears how the service is."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from service.messages.report import Figures
from service.reminders.week import Week
from service.store.database import Database
from service.store.reporting import owe_report, take_figures

__all__ = ["Reporter"]

_MORNING: Final = time(8)
_USEFUL: Final = timedelta(hours=12)
_DAY: Final = timedelta(days=1)


class Reporter:
    """Owes the organiser, who lives in `timezone` (an IANA name), a report of every week.

    It may be asked at any time, and anywhere: the ledger takes each report once. Where nobody is registered and no mail
    was sent there is nothing to report.
    """

    def __init__(self, database: Database, timezone: str) -> None:
        self._database = database
        self._timezone = timezone
        self._owed: Week | None = None

    async def plan(self, now: datetime) -> int:
        """Owe the report of this week if it is due at `now`; whether it is new. Raises `DatabaseTrouble`."""
        week = Week.of(now, self._timezone)
        due_at = self._due_at(week)
        if week == self._owed or not due_at <= now < due_at + _USEFUL:
            return 0
        before = Week(week.monday - 7 * _DAY, self._timezone)
        since, until = before.begins_at, week.begins_at
        figures = await self._database.read(partial(take_figures, since=since, until=until))
        report = partial(owe_report, week=week, figures=figures, due_at=due_at, expires_at=due_at + _USEFUL, now=now)
        owed = await self._database.write(report) if figures != Figures() else 0
        self._owed = week
        return owed

    def next_turn(self, now: datetime) -> datetime | None:
        """When the next report is due."""
        week = Week.of(now, self._timezone)
        this, following = self._due_at(week), self._due_at(Week(week.monday + 7 * _DAY, self._timezone))
        return this if this > now else following

    def _due_at(self, week: Week) -> datetime:
        return datetime.combine(week.monday, _MORNING, ZoneInfo(self._timezone))
