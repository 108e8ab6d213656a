import asyncio
import errno
import os
from pathlib import Path

import pytest

from service.delivery.envelope import Envelope
from service.delivery.maildir import MaildirTransport
from service.delivery.outcome import Phase, Verdict
from service.delivery.transport import Line, Transport, Unreachable

MAIL = Envelope("bell@example.org", "ann@example.org", (b"Subject: week 1\r\n\r\nsee you\r\n",))


async def agree() -> bool:
    return True


async def decline() -> bool:
    return False


def list_files(folder: Path) -> list[tuple[str, bytes]]:
    return [(path.parent.name, path.read_bytes()) for path in sorted(folder.glob("*/*"))]


async def connect(folder: Path) -> Line:
    transport: Transport = MaildirTransport(folder)
    return await transport.connect()


async def test_a_mail_is_kept_octet_for_octet(tmp_path: Path) -> None:
    line = await connect(tmp_path / "mailbox")
    outcome = await line.hand_over(MAIL, agree)
    assert (outcome.verdict, outcome.phase) == (Verdict.ACCEPTED, Phase.DOT)
    assert list_files(tmp_path / "mailbox") == [("new", MAIL.content)]


async def test_the_mail_is_on_disk_but_not_seen_when_the_commit_runs(tmp_path: Path) -> None:
    seen: list[list[tuple[str, bytes]]] = []

    async def commit() -> bool:
        seen.append(list_files(tmp_path))
        return True

    line = await connect(tmp_path)
    await line.hand_over(MAIL, commit)
    assert seen == [[("tmp", MAIL.content)]]


async def test_a_withdrawn_mail_leaves_nothing(tmp_path: Path) -> None:
    line = await connect(tmp_path)
    assert (await line.hand_over(MAIL, decline)).verdict is Verdict.WITHDRAWN
    assert line.usable
    assert list_files(tmp_path) == []


async def test_a_commit_that_fails_is_heard_of_and_leaves_nothing(tmp_path: Path) -> None:
    async def commit() -> bool:
        raise OSError(errno.EIO, "the ledger's disk, not the mailbox's")

    line = await connect(tmp_path)
    with pytest.raises(OSError, match="the ledger's disk"):
        await line.hand_over(MAIL, commit)
    assert list_files(tmp_path) == []


async def test_cancelling_during_the_commit_leaves_nothing(tmp_path: Path) -> None:
    started = asyncio.Event()

    async def commit() -> bool:
        started.set()
        await asyncio.Event().wait()
        return True

    line = await connect(tmp_path)
    task = asyncio.create_task(line.hand_over(MAIL, commit))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list_files(tmp_path) == []


async def test_mails_of_several_lines_sort_by_arrival(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    lines = [await transport.connect() for _ in range(3)]
    for number in range(12):
        envelope = Envelope("bell@example.org", "ann@example.org", (b"Subject: %d\r\n\r\n" % number,))
        await lines[number % 3].hand_over(envelope, agree)
    assert [content for _, content in list_files(tmp_path)] == [b"Subject: %d\r\n\r\n" % n for n in range(12)]


async def test_a_faulty_envelope_is_refused(tmp_path: Path) -> None:
    line = await connect(tmp_path)
    outcome = await line.hand_over(Envelope("", "ann@example.org\r\n", MAIL.blocks), agree)
    assert (outcome.verdict, outcome.phase) == (Verdict.REFUSED, Phase.ENVELOPE)


async def test_a_folder_that_cannot_be_made_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unreachable) as unreachable:
        await connect(tmp_path / "file")
    assert (unreachable.value.outcome.verdict, unreachable.value.outcome.phase) == (Verdict.UNSENT, Phase.CONNECT)


async def test_a_full_disk_is_a_safe_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    line = await connect(tmp_path)
    monkeypatch.setattr(os, "fsync", fail)
    outcome = await line.hand_over(MAIL, agree)
    assert (outcome.verdict, outcome.phase) == (Verdict.UNSENT, Phase.BODY)
    assert list_files(tmp_path) == []


async def test_a_rename_that_may_not_last_is_doubtful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    async def commit() -> bool:
        def fail(descriptor: int) -> None:
            sync(descriptor)
            raise OSError(errno.EIO, "input/output error")

        monkeypatch.setattr(os, "fsync", fail)
        return True

    line = await connect(tmp_path)
    assert (await line.hand_over(MAIL, commit)).verdict is Verdict.DOUBTFUL


async def test_a_closed_line_is_not_usable(tmp_path: Path) -> None:
    line = await connect(tmp_path)
    assert line.usable
    await line.close()
    assert not line.usable
