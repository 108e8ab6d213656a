"""Handing mails over: our lines against a pool of aiosmtplib's, ten of each, into a sink in a process of its own."""

import asyncio
import multiprocessing
import time
from multiprocessing.connection import Connection

import aiosmtplib

from service.delivery.envelope import Envelope
from service.delivery.outcome import Verdict
from service.delivery.relay import Relay, Security
from service.delivery.smtp import SmtpTransport
from tests.benchmarks.measure import report

__all__ = ["run"]

_LINES, _MAILS, _FEW = 10, 2000, 300
_MAIL = b"Subject: x\r\n\r\n" + (b"a" * 76 + b"\r\n") * 218


def run() -> None:
    """Mails of 17 KB, ready to send; the hand-off commits nothing. First a relay next door, then one 20 ms away."""
    _compare("hand one mail over", _MAILS, 0.0)
    _compare("hand one mail over to a relay 20 ms away", _FEW, 0.02)


def _compare(what: str, mails: int, away: float) -> None:
    ours, theirs = multiprocessing.Pipe()
    sink = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, away), daemon=True)
    sink.start()
    port = ours.recv()
    shortest = [float("inf")] * 2
    for _ in range(3):
        for place, rival in enumerate((_hand_over, _send)):
            shortest[place] = min(shortest[place], asyncio.run(rival(port, mails)))
    sink.terminate()
    sink.join()
    report(what, shortest[0] / mails, shortest[1] / mails, "a pool of aiosmtplib's sendmail")


async def _hand_over(port: int, mails: int) -> float:
    relay = Relay(host="127.0.0.1", port=port, security=Security.NONE, local_hostname="bench", mails_per_line=mails)
    lines = [await SmtpTransport(relay).connect() for _ in range(_LINES)]
    envelope = Envelope("bell@example.org", "reader@example.org", (_MAIL,))

    async def commit() -> bool:
        return True

    async def work(place: int) -> None:
        for _ in range(mails // _LINES):
            outcome = await lines[place].hand_over(envelope, commit)
            assert outcome.verdict is Verdict.ACCEPTED

    began = time.perf_counter()
    await asyncio.gather(*map(work, range(_LINES)))
    took = time.perf_counter() - began
    await asyncio.gather(*(line.close() for line in lines))
    return took


async def _send(port: int, mails: int) -> float:
    clients = [
        aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="b", start_tls=False) for _ in range(_LINES)
    ]
    for client in clients:
        await client.connect()

    async def work(client: aiosmtplib.SMTP) -> None:
        for _ in range(mails // _LINES):
            await client.sendmail("bell@example.org", ["reader@example.org"], _MAIL)

    began = time.perf_counter()
    await asyncio.gather(*map(work, clients))
    took = time.perf_counter() - began
    for client in clients:
        await client.quit()
    return took


def _serve(pipe: Connection, away: float) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Sink(away), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.sleep(120)

    asyncio.run(main())


class _Sink(asyncio.Protocol):
    """Takes every mail at once, but is heard only when the line's round trip of `away` seconds is over."""

    def __init__(self, away: float) -> None:
        self._away = away

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._buffer, self._in_mail = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = b"\r\n.\r\n" if self._in_mail else b"\r\n"
            line, found, rest = self._buffer.partition(end)
            if not found:
                return
            self._buffer = rest
            self._answer(line[:4].upper())

    def _answer(self, verb: bytes) -> None:
        if self._in_mail:
            self._in_mail = False
            self._say(b"250 2.0.0 ok\r\n")
        elif verb == b"EHLO":
            self._say(b"250-sink\r\n250 PIPELINING\r\n")
        elif verb == b"DATA":
            self._in_mail = True
            self._say(b"354 go on\r\n")
        elif verb == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        else:
            self._say(b"250 ok\r\n")

    def _say(self, reply: bytes) -> None:
        if self._away:
            asyncio.get_running_loop().call_later(self._away, self._transport.write, reply)
        else:
            self._transport.write(reply)
