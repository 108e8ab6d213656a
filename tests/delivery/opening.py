"""An open line to a scripted server, and a ledger that agrees."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from service.delivery.relay import Relay, Security, Timeouts
from service.delivery.smtp import SmtpTransport
from service.delivery.smtp_line import SmtpLine
from tests.delivery.scripted import ScriptedServer

__all__ = ["agree", "open_line"]


@asynccontextmanager
async def open_line(server: ScriptedServer, *, mails_per_line: int = 100) -> AsyncIterator[SmtpLine]:
    """A line to `server`, which runs as long as the line is open."""
    async with server:
        relay = Relay(
            host="127.0.0.1",
            port=server.port,
            security=Security.NONE,
            local_hostname="client.example.org",
            mails_per_line=mails_per_line,
            timeouts=Timeouts(connect=20, command=20, data=20, body=20, dot=20, courtesy=0.3),
        )
        line = await SmtpTransport(relay).connect()
        yield line
        await line.close()


async def agree() -> bool:
    """The commit of a ledger that has no objection."""
    return True
