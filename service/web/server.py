"""The HTTP server: uvicorn, listening on a socket that was ours before anything else started."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import cast

import uvicorn

from service.remediable import Remediable
from service.web.express import Prompt
from service.web.familiar import Familiar, FamiliarProtocol

__all__ = ["PortTaken", "answer", "listen"]


class PortTaken(Remediable):
    """Nobody can listen at that address."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at `host` and `port` (0: any free port). Raises `PortTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise PortTaken(
            f"cannot listen at {host} port {port}: {error.strerror}; stop the other program, or set another port"
            " (http.port in studybell.toml, or the environment variable STUDYBELL_HTTP__PORT)"
        ) from None


async def answer(site: Prompt, listener: socket.socket, stop: asyncio.Event) -> None:
    """Answer requests until `stop` is set; requests that are under way get five seconds more."""
    server = _Server(
        uvicorn.Config(
            site,
            http=cast(type[asyncio.Protocol], partial(FamiliarProtocol, Familiar())),
            ws="none",
            interface="asgi3",
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="error",  # who sends nonsense fills no disk
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
    )
    serving = asyncio.create_task(server.serve([listener]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    server.should_exit = True
    await serving


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to those who started it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
