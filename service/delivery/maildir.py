"""The embedded mailbox, writing side: mails are kept in a Maildir folder and reach nobody."""

import asyncio
import os
from itertools import count
from pathlib import Path
from secrets import token_hex

from service.delivery.envelope import Envelope, find_fault
from service.delivery.outcome import Outcome, Phase, Verdict, judge_break
from service.delivery.transport import Commit, Follow, Unreachable, nobody

__all__ = ["MaildirLine", "MaildirTransport"]


class MaildirTransport:
    """Delivers every mail into one Maildir `folder`, which it makes if need be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()

    async def connect(self) -> "MaildirLine":
        """Make the folder ready. Raises `Unreachable` if that fails."""
        try:
            await asyncio.to_thread(_make_folders, self._folder)
        except OSError as error:
            raise Unreachable(judge_break(Phase.CONNECT, str(error))) from error
        return MaildirLine(self._folder, self._numbers)


class MaildirLine:
    """Puts mails into the folder one by one; a mail is there whole and durable, or not at all.

    A file's name begins with the time it was written, and within one tick of the disk's clock goes by `numbers`, so
    that names sort by arrival.
    """

    def __init__(self, folder: Path, numbers: "count[int]") -> None:
        self._folder = folder
        self._numbers = numbers
        self._open = True

    @property
    def usable(self) -> bool:
        """Whether the line has not been closed."""
        return self._open

    async def hand_over(self, envelope: Envelope, commit: Commit, _follow: Follow = nobody, /) -> Outcome:
        """See `Line.hand_over`: the mail is written and synced, then comes the commit, then the rename."""
        if fault := find_fault(envelope, smtputf8=True):
            return Outcome(Verdict.REFUSED, Phase.ENVELOPE, text=fault)
        draft = self._folder / "tmp" / token_hex(8)
        try:
            try:
                name = await asyncio.to_thread(_write_draft, draft, envelope.content, next(self._numbers))
            except OSError as error:
                return judge_break(Phase.BODY, str(error))
            if not await commit():
                return Outcome(Verdict.WITHDRAWN, Phase.BODY, text="the hand-off commit refused")
            return await asyncio.to_thread(_publish, draft, self._folder / "new" / name)
        finally:
            await asyncio.to_thread(draft.unlink, missing_ok=True)

    async def close(self) -> None:
        """Nothing is held open; the line only stops being usable."""
        self._open = False


def _make_folders(folder: Path) -> None:
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True, exist_ok=True)


def _write_draft(draft: Path, content: bytes, number: int) -> str:
    """Write and sync the file; return the name it is to have in the mailbox."""
    with draft.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        written = os.fstat(file.fileno()).st_mtime_ns
    return f"{written:020d}-{number:06d}-{draft.name}"


def _publish(draft: Path, target: Path) -> Outcome:
    """Move the mail to where it is seen, and make that durable. Only a rename that is done can leave a doubt."""
    phase = Phase.BODY
    try:
        draft.rename(target)
        phase = Phase.DOT
        _sync_folder(target.parent)
    except OSError as error:
        return judge_break(phase, str(error))
    return Outcome(Verdict.ACCEPTED, phase, text=f"kept as {target.name}")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
