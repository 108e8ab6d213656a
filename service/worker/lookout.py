"""The lookout: sees before every round whether anything may be sent, and gives signs of life."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from service.clock import Clock
from service.store.database import Database
from service.store.home import Home, Memory, Pulse, find_place, give_sign, move_in, recall
from service.store.schema import newest
from service.worker.restraint import Restraint, Scene, find_restraint

__all__ = ["Lookout", "Machine"]

_log: Final = logging.getLogger(__name__)
_BEAT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine that the service runs on: its name for itself (may be empty), its present run, and its disk.

    `free` tells how many bytes the disk of `folder` still takes.
    """

    name: str
    boot: str
    folder: Path
    free: Callable[[], int]


class Lookout:
    """Looks whether the service may send. `file` is the database's, if it is one."""

    def __init__(self, database: Database, file: Path, machine: Machine, clock: Clock) -> None:
        self.restraint: Restraint | None = None
        self._database = database
        self._file = file
        self._machine = machine
        self._clock = clock
        self._schema: Final = newest()

    async def look(self) -> Restraint | None:
        """What keeps the service from sending at present, if anything does. Raises `DatabaseTrouble`."""
        memory, scene = await self._look_around()
        found = find_restraint(memory, scene)
        if found != self.restraint:
            _log.warning("restrained cause=%s %s", found.cause, found.words) if found else _log.warning("released")
        self.restraint = found
        if found is None:
            await self._give_sign(memory, scene)
        return found

    async def inspect(self) -> Restraint | None:
        """As `look`, without a sign of life: whoever looks is not the service. Raises `DatabaseTrouble`."""
        return find_restraint(*await self._look_around())

    async def settle_in(self) -> None:
        """Be at home here and now, whatever the database remembers. Raises `DatabaseTrouble`."""
        self.note(await self._database.write(self.move_in))

    def note(self, count: int) -> None:
        """Let the folder remember a sign of life, too: a database that is put back later does not know it."""
        with suppress(OSError):
            self._journal.write_text(str(count))

    def move_in(self, connection: Connection) -> int:
        """`settle_in` within a transaction of the caller's; which sign of life this is, for `note`."""
        memory, place = self._ask(connection)
        scene = self._see(place)
        count = max(scene.count, memory.pulse.count if memory.pulse else 0) + 1
        move_in(connection, scene.home, Pulse(count, scene.now, scene.boot, scene.uptime))
        return count

    async def _give_sign(self, memory: Memory, scene: Scene) -> None:
        if memory.pulse is None or memory.home != scene.home:
            await self.settle_in()
        elif not timedelta(0) <= scene.now - memory.pulse.at < _BEAT:
            sign = Pulse(0, scene.now, scene.boot, scene.uptime)
            if count := await self._database.write(partial(give_sign, pulse=sign)):
                self.note(count)

    async def _look_around(self) -> tuple[Memory, Scene]:
        memory, place = await self._database.read(self._ask)
        return memory, self._see(place)

    def _ask(self, connection: Connection) -> tuple[Memory, str]:
        return recall(connection), find_place(connection, self._file)

    def _see(self, place: str) -> Scene:
        is_one_of_many = not self._database.is_sqlite
        return Scene(
            now=self._clock.now(),
            uptime=self._clock.uptime(),
            boot=self._machine.boot,
            home=Home("" if is_one_of_many else self._machine.name, place),
            count=_read_count(self._journal),
            free=self._machine.free(),
            schema=self._schema,
        )

    @property
    def _journal(self) -> Path:
        return self._machine.folder / "pulse"


def _read_count(file: Path) -> int:
    with suppress(OSError, ValueError):
        return int(file.read_text("ascii"))
    return 0
