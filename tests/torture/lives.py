"""Lives: processes that run one command of studybell, born of a zygote, to be killed, halted and waited for."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

__all__ = ["Life", "Lives", "bearing"]

_HOME: Final = Path(__file__).parents[2]
_POLL_SECONDS: Final = 0.01


@dataclass
class Lives:
    """Bears lives, one order at a time. What they say goes to `log`."""

    log: Path
    _zygote: asyncio.subprocess.Process
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def bear(
        self,
        *arguments: str,
        environment: dict[str, str] | None = None,
        twist: str = "",
        twisted_by: Sequence[object] = (),
    ) -> "Life":
        """Start `studybell` with these arguments. `twist` names a function ("module:name") that is called first."""
        order = {"arguments": arguments, "environment": environment or {}, "log": str(self.log)}
        return Life(await self.ask({**order, "twist": twist, "twisted_by": twisted_by}), self)

    async def ask(self, order: dict[str, Any]) -> Any:
        """Give the zygote an order; its answer. Whoever gives up waiting leaves it to nobody else."""
        return await asyncio.shield(self._ask(order))

    async def _ask(self, order: dict[str, Any]) -> Any:
        assert self._zygote.stdin
        assert self._zygote.stdout
        async with self._turn:
            self._zygote.stdin.write(json.dumps(order).encode() + b"\n")
            return json.loads(await self._zygote.stdout.readline())


@dataclass
class Life:
    """One process. Its pid is its own until it was waited for, so a signal meets nobody else."""

    pid: int
    _lives: Lives
    status: int | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def signal(self, number: int) -> None:
        """Send it a signal; nothing happens if it has ended."""
        if self.status is None:
            os.kill(self.pid, number)

    async def look(self) -> int | None:
        """Its exit status (negative: the signal that ended it), None as long as it lasts."""
        return await asyncio.shield(self._look())

    async def end(self) -> int:
        """Wait until it has ended; its exit status."""
        while True:
            if (status := await self.look()) is not None:
                return status
            await asyncio.sleep(_POLL_SECONDS)

    async def kill(self) -> int:
        """kill -9, and wait until it is gone; its exit status."""
        self.signal(signal.SIGKILL)
        return await self.end()

    async def _look(self) -> int | None:
        async with self._turn:  # it can be waited for once
            if self.status is None:
                self.status = await self._lives.ask({"reap": self.pid})
            return self.status


@asynccontextmanager
async def bearing(log: Path) -> AsyncIterator[Lives]:
    """A zygote; at the end whoever still lives is killed with it."""
    zygote = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.torture.zygote",
        cwd=_HOME,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Lives(log, zygote)
    finally:
        assert zygote.stdin
        zygote.stdin.close()
        await zygote.wait()
