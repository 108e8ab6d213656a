"""Examining the store: the database, the ledger, and what they depend on: the disk and the clock."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text

from service.app.finding import Finding, Grade, Installation
from service.app.machine import look_around
from service.app.staffing import post_lookout
from service.store.backup import examine
from service.store.census import take_census
from service.store.home import recall
from service.store.ledger import DeliveryState, next_due
from service.worker.restraint import LEAST_FREE

__all__ = ["examine_clock", "examine_database", "examine_disk", "examine_ledger", "examine_sending"]

_OVERDUE: Final = timedelta(minutes=2)
_SCARCE: Final = 8 * LEAST_FREE
_ASKEW: Final = timedelta(seconds=30)


async def examine_database(installation: Installation) -> list[Finding]:
    """Whether every page of the database is whole. Raises `Damaged`."""
    database = installation.store.database
    memory = await database.read(recall)
    if database.is_sqlite:
        await database.read(examine)
    return [Finding(Grade.OK, "database", f"{database.name} is whole, schema {memory.schema}")]


async def examine_ledger(installation: Installation) -> list[Finding]:
    """Whether every mail ever planned is accounted for, and none is late."""
    census = await installation.store.database.read(take_census)
    states = ", ".join(f"{count} {state}" for state, count in census.stock.states.items() if count)
    found = [Finding(Grade.OK, "ledger", f"{states or 'no mail was ever due'}; all accounted for")]
    if not census.is_lawful:
        advice = "keep a copy of the database, and tell the authors of studybell"
        found = [Finding(Grade.WRONG, "ledger", flaw, advice) for flaw in census.flaws]
    due = await installation.store.database.read(next_due)
    if due and installation.clock.now() - due > _OVERDUE:
        advice = "see that `studybell serve` runs, and `studybell deliveries list --state planned`"
        found.append(Finding(Grade.WRONG, "ledger", f"mail waits since {due:%Y-%m-%d %H:%M} UTC", advice))
    if census.stock.states[DeliveryState.PARKED]:
        count = census.stock.states[DeliveryState.PARKED]
        advice = "see `studybell deliveries list --state parked`"
        found.append(Finding(Grade.WARNING, "ledger", f"{count} mails could not be written", advice))
    return found


async def examine_sending(installation: Installation) -> list[Finding]:
    """Whether anything may be sent from here, and what would go if it might."""
    lookout = post_lookout(installation.settings, installation.store, installation.clock)
    restraint = await lookout.inspect()
    if restraint is None:
        return [Finding(Grade.OK, "sending", "nothing holds mails back")]
    waiting = await installation.store.database.read(_count_waiting)
    plan = "`studybell plan` tells what comes"
    return [Finding(Grade.WRONG, "sending", restraint.words, f"{waiting} mails wait in the ledger; {plan}")]


async def examine_disk(installation: Installation) -> list[Finding]:
    """Whether there is room to go on."""
    folder = installation.settings.data_dir
    free = look_around(folder).free()
    words = f"{free / (1 << 30):.1f} GiB are free for {folder}"
    if free < _SCARCE:
        return [Finding(Grade.WARNING, "disk", words, f"with less than {LEAST_FREE >> 20} MiB nothing is sent")]
    return [Finding(Grade.OK, "disk", words)]


async def examine_clock(installation: Installation) -> list[Finding]:
    """Whether the time of day is what others think it is: the database's server, or studybell itself a while ago."""
    now = installation.clock.now()
    advice = "let the machine set its clock by NTP"
    memory = await installation.store.database.read(recall)
    if memory.pulse and memory.pulse.at > now + _ASKEW:
        words = f"it is {now:%Y-%m-%d %H:%M} UTC, which is before studybell ran last"
        return [Finding(Grade.WRONG, "clock", words, advice)]
    if not installation.store.database.is_sqlite:
        gap = abs(await installation.store.database.read(_read_clock) - installation.clock.now())
        if gap > _ASKEW:
            words = f"this machine and the database are {round(gap.total_seconds())} seconds apart"
            return [Finding(Grade.WARNING, "clock", words, advice)]
    return [Finding(Grade.OK, "clock", f"it is {now:%Y-%m-%d %H:%M} UTC")]


def _count_waiting(connection: Connection) -> int:
    census = take_census(connection)
    return census.stock.states[DeliveryState.PLANNED]


def _read_clock(connection: Connection) -> datetime:
    present: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return present
