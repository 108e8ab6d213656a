"""Safekeeping: backups of an installation, their return, and the word that lets a returned one send again."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from service.app.publishing import set_out_shelf
from service.app.staffing import employ_planner, post_lookout
from service.app.store import Store, database_file, open_store, secret_file
from service.clock import Clock
from service.remediable import Remediable
from service.settings.values import Settings
from service.store.backup import pack, unpack
from service.store.census import Census
from service.store.home import DATABASE, SECRET, recall
from service.store.lock import hold
from service.store.setting_aside import set_aside
from service.worker.lookout import Lookout
from service.worker.restraint import Cause, Restraint

__all__ = ["Restored", "Resumed", "back_up", "restore", "resume"]

_SERVER_DOES_IT = "the database is on a server: back it up and restore it there, with pg_dump and pg_restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where that is which was there before, if anything was."""

    census: Census
    aside: Path | None


@dataclass(frozen=True, slots=True)
class Resumed:
    """What kept the service from sending, how many mails were set aside, and since when nothing is known."""

    restraint: Restraint | None
    set_aside: int
    known_until: datetime | None


def back_up(settings: Settings, archive: Path) -> Census:
    """Write a backup, beside a running service or without one; what is in its ledger. Raises `Remediable`."""
    if settings.database:
        raise Remediable(f"{_SERVER_DOES_IT}; keep {secret_file(settings)} with it")
    if not database_file(settings).exists():
        raise Remediable(f"{database_file(settings)} is not there: nothing was ever served from {settings.data_dir}")
    return pack(database_file(settings), secret_file(settings), archive)


def restore(settings: Settings, archive: Path, now: datetime, *, force: bool) -> Restored:
    """Put a backup back. What was there is moved aside, with `force` only. Raises `Remediable`."""
    if settings.database:
        raise Remediable(f"{_SERVER_DOES_IT}; then say `studybell resume`")
    with hold(settings.data_dir), TemporaryDirectory(dir=settings.data_dir, prefix=".restore-") as folder:
        present = [file for name in (DATABASE, SECRET) for file in settings.data_dir.glob(f"{name}*")]
        if database_file(settings).exists() and not force:
            raise Remediable(f"{settings.data_dir} has a database already; with --force it is moved aside first")
        census = unpack(archive, Path(folder))
        aside = settings.data_dir / f"before-restore-{now:%Y%m%dT%H%M%S}" if present else None
        if aside:
            _keep_aside(present, aside)
        for target in (secret_file(settings), database_file(settings)):  # at no moment is there none
            Path(folder, target.name).replace(target)
    return Restored(census, aside)


def _keep_aside(files: Collection[Path], folder: Path) -> None:
    folder.mkdir()
    for file in files:
        os.link(file, folder / file.name)
    for file in files:
        if file.name not in (DATABASE, SECRET):  # a journal would be taken for that of the next database
            file.unlink()


async def resume(settings: Settings, clock: Clock, *, send: bool) -> Resumed:
    """Let the service send from here again, beside a running one or without.

    From a copy nothing is sent that was due before: it may have been sent already, and is set aside. With `send` it is
    sent, perhaps once more. Raises `Remediable`.
    """
    with open_store(settings) as store:
        lookout = post_lookout(settings, store, clock)
        memory = await store.database.read(recall)
        restraint = await lookout.inspect()
        if restraint is None:
            return Resumed(None, 0, None)
        if restraint.cause in (Cause.DISK, Cause.SCHEMA):
            raise Remediable(f"this is nothing that a word could change: {restraint.words}")
        is_doubtful = restraint.cause is Cause.COPY and not send
        count = await _release(settings, store, lookout, clock, is_doubtful=is_doubtful)
        return Resumed(restraint, count, memory.pulse.at if memory.pulse else None)


async def _release(settings: Settings, store: Store, lookout: Lookout, clock: Clock, *, is_doubtful: bool) -> int:
    now = clock.now()
    if is_doubtful:  # what fell due meanwhile is not in the ledger yet, and is as doubtful as what is
        shelf, refreshers = set_out_shelf(settings, store, clock)
        for refresher in refreshers:
            await refresher.restore()
        await employ_planner(settings, store, shelf).plan(now)

    def settle_in(connection: Connection) -> tuple[int, int]:
        return set_aside(connection, now) if is_doubtful else 0, lookout.move_in(connection)

    count, pulse = await store.database.write(settle_in)
    lookout.note(pulse)
    return count
