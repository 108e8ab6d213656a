"""Restraint: when the service must not send although mail is due, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service.remediable import Remediable
from service.store.home import Home, Memory, Pulse

__all__ = ["LEAST_FREE", "Cause", "Restrained", "Restraint", "Scene", "find_restraint"]

LEAST_FREE: Final = 64 * 1024 * 1024
"""Bytes on the disk. With less nothing new is begun, so that there is room to write down how it ended."""

_LEAP: Final = timedelta(hours=24)
_ABSENCE: Final = timedelta(days=30)


class Cause(StrEnum):
    """Why nothing is sent. The first two end when somebody says `resume`, all of them when they are no longer so."""

    COPY = "copy"
    CLOCK = "clock"
    SCHEMA = "schema"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class Restraint:
    """Nothing is sent; `words` tell why and what to do."""

    cause: Cause
    words: str

    @property
    def lets_read(self) -> bool:
        """Whether documents may still be read and published: whoever knows the tables may write to them."""
        return self.cause is not Cause.SCHEMA


class Restrained(Remediable):
    """Nothing was sent because of a restraint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is found at the instant `now`. `count` is the last sign of life that the folder remembers, 0 for none."""

    now: datetime
    uptime: timedelta
    boot: str
    home: Home
    count: int
    free: int
    schema: str


def find_restraint(memory: Memory, scene: Scene) -> Restraint | None:
    """What keeps the service from sending, the gravest first; None if nothing does."""
    if memory.schema != scene.schema:
        words = "a newer studybell has changed the database: this one only serves what it knows; stop or update it"
        return Restraint(Cause.SCHEMA, words)
    if doubt := _doubt_home(memory, scene):
        advice = "what was sent since is not known; if this is the one that shall send, say `studybell resume`"
        return Restraint(Cause.COPY, f"{doubt}: {advice}")
    if memory.pulse and (doubt := _doubt_clock(memory.pulse, scene)):
        return Restraint(Cause.CLOCK, f"{doubt}; set the clock, or if it is right say `studybell resume`")
    if scene.free < LEAST_FREE:
        least = LEAST_FREE >> 20
        return Restraint(Cause.DISK, f"only {scene.free >> 20} MiB are free on the disk: free {least} MiB or more")
    return None


def _doubt_home(memory: Memory, scene: Scene) -> str:
    """Why this database may be a copy of another that has sent, or an earlier state of itself; empty if it is not."""
    home = memory.home
    if home is None:
        return ""
    if home.place != scene.home.place:
        return "this database was restored or copied"
    if home.machine and scene.home.machine and home.machine != scene.home.machine:
        return "this database comes from another machine"
    if memory.pulse and scene.count > memory.pulse.count:
        return "this database is older than its folder: an earlier state of it was put back"
    return ""


def _doubt_clock(last: Pulse, scene: Scene) -> str:
    """Why the time of day cannot be right; empty if it can. A step of some hours is somebody's who set it right."""
    gap = scene.now - last.at
    if last.boot == scene.boot:
        leap = gap - (scene.uptime - last.uptime)
        return f"the clock went {_tell(leap)} in a moment" if abs(leap) > _LEAP else ""
    if gap < -_LEAP:
        return f"the clock is {_tell(gap)} since studybell ran last"
    return f"studybell ran last {gap.days} days ago, or the clock is wrong" if gap > _ABSENCE else ""


def _tell(leap: timedelta) -> str:
    return f"{abs(leap) / timedelta(days=1):.1f} days {'on' if leap > timedelta(0) else 'back'}"
