"""A scripted SMTP server: it plays its part by the book except for one fault at one step."""

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import Self

from tests.delivery.faults import Fault, Gone, Step, strike

__all__ = ["ScriptedServer", "Transaction"]


@dataclass
class Transaction:
    """One mail as the server saw it, with the recipients it took; `dotted` once the final dot had come."""

    sender: str = ""
    recipients: list[str] = field(default_factory=list)
    content: bytes = b""
    dotted: bool = False

    def read(self) -> bytes:
        """The content without the doubled dots (RFC 5321 4.5.2)."""
        lines = self.content.split(b"\r\n")
        return b"\r\n".join(line.removeprefix(b".") for line in lines)


_REPLIES = {
    Step.MAIL: "250 2.1.0 sender ok",
    Step.RCPT: "250 2.1.5 recipient ok",
    Step.RSET: "250 2.0.0 reset",
    Step.DATA: "354 go ahead",
    Step.DOT: "250 2.0.0 queued",
    Step.QUIT: "221 2.0.0 bye",
    Step.AUTH: "235 2.7.0 welcome",
    Step.TLS: "220 2.0.0 ready",
}


class ScriptedServer:
    """Listens on a free port of the loopback; `async with` starts and stops it.

    `faults` strike on every connection; `replies` put another reply in place of the usual one; `eager` asks for a body
    even without recipients (RFC 2920 3.1 allows it); `unknown` are recipients that are refused.
    `lines` and `transactions` are what came, on all connections.
    """

    def __init__(
        self,
        faults: dict[Step, Fault] | None = None,
        *,
        replies: dict[Step, str] | None = None,
        extensions: tuple[str, ...] = ("PIPELINING",),
        context: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        eager: bool = False,
        delays: dict[Step, float] | None = None,
    ) -> None:
        self.eager = eager
        self.delays = delays or {}
        self.faults = dict(faults or {})
        self.replies = _REPLIES | (replies or {})
        self.extensions = extensions
        self.unknown: set[str] = set()
        self.lines: list[str] = []
        self.transactions: list[Transaction] = []
        self.struck = asyncio.Event()
        self.connections = 0
        self._context = context
        self._implicit_tls = implicit_tls
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        context = self._context if self._implicit_tls else None
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=context)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    @property
    def accepted(self) -> list[Transaction]:
        """The transactions that had a recipient and got as far as their dot: what may be in somebody's inbox."""
        return [transaction for transaction in self.transactions if transaction.dotted and transaction.recipients]

    def hang_up(self, farewell: str = "") -> None:
        """Say `farewell`, unasked, on all connections; then close them, unless something half said is to follow."""
        for writer in self._writers:
            writer.write(farewell.encode())
            if not farewell or farewell.startswith("421"):
                writer.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        try:
            await _Conversation(self, reader, writer, self._context).run()
        except (Gone, ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.close()


class _Conversation:
    def __init__(
        self,
        server: ScriptedServer,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        context: ssl.SSLContext | None,
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._context = context
        self._transaction = Transaction()

    async def run(self) -> None:
        if Step.CONNECT in self._server.faults:
            await self._strike(self._server.faults[Step.CONNECT])
            raise Gone
        await self._answer(Step.BANNER, "220 scripted.example.org ESMTP")
        while line := await self._reader.readline():
            self._server.lines.append(line.decode("utf-8").rstrip("\r\n"))
            verb = line.split()[0].upper().decode().partition(":")[0]
            await getattr(self, f"_on_{verb.lower()}")(line.decode("utf-8").strip())

    async def _on_ehlo(self, line: str) -> None:
        lines = ["scripted.example.org", *self._server.extensions]
        await self._answer(Step.EHLO, "\r\n".join(f"250-{text}" for text in lines[:-1]) + f"\r\n250 {lines[-1]}")

    async def _on_starttls(self, line: str) -> None:
        await self._answer(Step.TLS)
        assert self._context is not None
        await self._writer.start_tls(self._context)

    async def _on_auth(self, line: str) -> None:
        await self._answer(Step.AUTH)

    async def _on_rset(self, line: str) -> None:
        await self._answer(Step.RSET)

    async def _on_mail(self, line: str) -> None:
        self._transaction = Transaction(sender=line.partition("<")[2].partition(">")[0])
        self._server.transactions.append(self._transaction)
        await self._answer(Step.MAIL)

    async def _on_rcpt(self, line: str) -> None:
        recipient = line.partition("<")[2].partition(">")[0]
        if recipient in self._server.unknown:
            self._writer.write(b"550 5.1.1 unknown\r\n")
        elif await self._answer(Step.RCPT):
            self._transaction.recipients.append(recipient)

    async def _on_data(self, line: str) -> None:
        if not self._transaction.recipients and not self._server.eager:
            self._writer.write(b"554 5.5.1 no valid recipients\r\n")
        elif await self._answer(Step.DATA):
            await self._take_body()

    async def _take_body(self) -> None:
        if Step.BODY in self._server.faults:
            await self._reader.read(1)
            await self._strike(self._server.faults[Step.BODY])
        while (piece := await self._reader.readline()) != b".\r\n":
            if not piece:
                raise Gone
            self._transaction.content += piece
        self._transaction.dotted = True
        if self._transaction.recipients:
            await self._answer(Step.DOT)
        else:
            self._writer.write(b"554 5.5.1 no valid recipients\r\n")

    async def _on_quit(self, line: str) -> None:
        await self._answer(Step.QUIT)
        raise Gone

    async def _answer(self, step: Step, usual: str = "") -> bool:
        """Reply as usual, or strike; True if the reply is good."""
        if step in self._server.faults:
            await self._strike(self._server.faults[step])
            return False
        await asyncio.sleep(self._server.delays.get(step, 0))
        reply = self._server.replies.get(step, usual)
        self._writer.write(reply.encode() + b"\r\n")
        await self._writer.drain()
        return reply[0] in "23"

    async def _strike(self, fault: Fault) -> None:
        self._server.struck.set()
        await strike(self._writer, fault)
