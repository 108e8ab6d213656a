"""The second witness: Postfix's own smtp-sink, whose word does not depend on a line of ours."""

import asyncio
import os
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.whole.installation import free_port

__all__ = ["SMTP_SINK", "Witness", "hearing"]

SMTP_SINK: Final = shutil.which("smtp-sink", path="/usr/sbin:/usr/bin:/usr/local/sbin")
_RECIPIENT: Final = re.compile(rb"^X-Rcpt-Args: <([^>]+)>", re.MULTILINE)
_MESSAGE_ID: Final = re.compile(rb"(?im)^Message-ID: *(<[^>]+>)")
_POLL_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True)
class Witness:
    """Knows what a `Sink` knows: every mail that was taken whole is a file in `folder`."""

    folder: Path
    port: int

    @property
    def accepted(self) -> Counter[str]:
        """How many mails each recipient got."""
        return Counter(recipient for recipient, _ in self._read())

    @property
    def copies(self) -> int:
        """How many mails came in all."""
        return len(os.listdir(self.folder))

    @property
    def messages(self) -> dict[str, set[str]]:
        """The Message-IDs of each recipient's mails."""
        found: dict[str, set[str]] = {}
        for recipient, message in self._read():
            found.setdefault(recipient, set()).add(message)
        return found

    async def reach(self, total: int, *, within: float = 60.0) -> None:
        """Wait until so many mails have come in all. Raises `TimeoutError` after `within` seconds."""
        async with asyncio.timeout(within):
            while True:
                if self.copies >= total:
                    return
                await asyncio.sleep(_POLL_SECONDS)

    def _read(self) -> list[tuple[str, str]]:
        mails = []
        for file in self.folder.iterdir():
            content = file.read_bytes()
            recipient, message = _RECIPIENT.search(content), _MESSAGE_ID.search(content)
            if recipient and message:
                mails.append((recipient[1].decode(), message[1].decode()))
        return mails


@asynccontextmanager
async def hearing() -> AsyncIterator[Witness]:
    """smtp-sink at a free port of loopback."""
    assert SMTP_SINK
    port = free_port()
    whose = ("-u", "nobody") if os.geteuid() == 0 else ()
    with TemporaryDirectory(prefix="studybell-") as folder:
        os.chmod(folder, 0o777)
        sink = await asyncio.create_subprocess_exec(
            SMTP_SINK, *whose, "-d", f"{folder}/mail.", f"127.0.0.1:{port}", "100"
        )
        try:
            yield Witness(Path(folder), port)
        finally:
            sink.terminate()
            await sink.wait()
