"""The journal: what the relay has accepted while the ledger could not be told, the disk full or the database away.

Should the process end before the ledger hears of it, the next one reads it here and sends nothing twice.

It also tells which mail was being written when the process ended: that mail may be why (see `poison`).

Each process has a file of its own. Its room is taken beforehand, so that it can be written when the disk is full.
"""

import fcntl
import json
import logging
import mmap
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Final, Self

from sqlalchemy import Connection

from service.store.attempts import Happening, remember
from service.store.ledger import DeliveryState, find
from service.store.poison import count_death
from service.store.settling import Settlement, settle

__all__ = ["Accepted", "Journal", "Left", "take_over"]

_log: Final = logging.getLogger(__name__)
_ROOM: Final = 64 * 1024
_AT_WORK: Final = b"%019d\n"
_HEAD: Final = len(_AT_WORK % 0)
_NAMES: Final = "sent-{}.log"
_REPLAYED: Final = "known from the journal of a process that ended"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The relay has accepted a delivery `at` that instant, when `owner` held it; `reason` is what the relay said."""

    delivery_id: int
    owner: str
    reason: str
    at: datetime

    def line(self) -> bytes:
        """As it is written down: a checksum, then what there is to say."""
        said = json.dumps([self.delivery_id, self.owner, self.reason, self.at.isoformat()]).encode()
        return b"%08x %s\n" % (zlib.crc32(said), said)

    @classmethod
    def read(cls, line: bytes) -> Self | None:
        """What a line says; None if it was not written to its end."""
        checksum, _, said = line.partition(b" ")
        if checksum != b"%08x" % zlib.crc32(said):
            return None
        delivery_id, owner, reason, at = json.loads(said)
        return cls(delivery_id, owner, reason, datetime.fromisoformat(at))


@dataclass(frozen=True, slots=True)
class Left:
    """What a process left that is no more: what was `accepted`, and the delivery that was being written (0: none)."""

    owner: str
    accepted: tuple[Accepted, ...]
    at_work: int


class Journal:
    """One process's journal in `folder`. Raises `OSError` if the disk fails."""

    def __init__(self, folder: Path, owner: str) -> None:
        self._file: Final = folder / _NAMES.format(owner)
        self._written = 0
        self._page: mmap.mmap | None = None
        self._descriptor: Final = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.posix_fallocate(self._descriptor, 0, _ROOM)
            self._page = mmap.mmap(self._descriptor, mmap.PAGESIZE)  # written for every mail, so without a system call
            os.fsync(self._descriptor)
            _flush_folder(folder)
        except OSError as error:  # it may still be possible to write when something is to be written
            _log.error("journal %s: no room was taken beforehand: %s", self._file, error)

    def begin(self, delivery_id: int) -> None:
        """A mail is being written. This outlives the process, but need not outlive the machine."""
        if self._page is not None:
            self._page[:_HEAD] = _AT_WORK % delivery_id

    def end(self) -> None:
        """The mail is written."""
        self.begin(0)

    def note(self, accepted: Iterable[Accepted]) -> None:
        """Write down what was accepted; it is on the disk when this returns."""
        lines = b"".join(one.line() for one in accepted)
        os.pwrite(self._descriptor, lines, _HEAD + self._written)
        os.fsync(self._descriptor)
        self._written += len(lines)

    def clear(self) -> None:
        """Forget everything: the ledger knows it."""
        if self._written:
            os.pwrite(self._descriptor, bytes(self._written), _HEAD)
            os.fsync(self._descriptor)
            self._written = 0

    def close(self) -> None:
        """Take the journal away, unless it holds what the ledger does not know."""
        if self._page is not None:
            self._page.close()
            self._page = None
        if not self._written:
            self._file.unlink(missing_ok=True)
        os.close(self._descriptor)

    def take_up_left(self) -> Iterator[Left]:
        """What each process that is no more has left here. Its journal is taken away once the caller asks for more."""
        for file in sorted(self._file.parent.glob(_NAMES.format("*"))):
            try:
                with file.open("rb") as left:
                    fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    yield _read(left.read(), file)
                    file.unlink()
            except (BlockingIOError, FileNotFoundError):
                continue  # somebody, perhaps ourselves, is writing it, or has just taken it up


def take_over(connection: Connection, left: Left, now: datetime) -> None:
    """Enter into the ledger what a process has left, unless it is there already."""
    for one in left.accepted:
        delivery = find(connection, one.delivery_id)
        if delivery and (delivery.owner, delivery.state) == (one.owner, DeliveryState.HANDING):
            remember(connection, [(delivery, Happening(DeliveryState.SENT, f"{_REPLAYED}: {one.reason}"))], now)
            settle(connection, [(delivery, Settlement(state=DeliveryState.SENT, reason=one.reason))], one.at)
    if left.at_work:
        count_death(connection, left.at_work, left.owner, now)


def _read(content: bytes, file: Path) -> Left:
    head, lines = content[:_HEAD].strip(b"\0\n"), content[_HEAD:].partition(b"\0")[0].splitlines()
    # A line that is not whole was being written when the process ended, so nobody relied on it.
    accepted = takewhile(lambda one: one is not None, map(Accepted.read, lines))
    owner = file.name.removeprefix(_NAMES.partition("{")[0]).removesuffix(".log")
    return Left(owner, tuple(one for one in accepted if one), int(head or 0))


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
