"""The faults a scripted mail server commits: where, and how."""

import asyncio
import struct
from enum import StrEnum
from socket import SO_LINGER, SOL_SOCKET

__all__ = ["Fault", "Gone", "Step", "strike"]


class Step(StrEnum):
    """Where a fault strikes: in place of the reply to this command, or while the body comes."""

    CONNECT = "connect"  # then the server hangs up, whatever it said
    BANNER = "banner"
    EHLO = "ehlo"
    TLS = "tls"
    AUTH = "auth"
    RSET = "rset"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"
    QUIT = "quit"


class Fault(StrEnum):
    """What the server does instead of answering."""

    CLOSE = "close"
    RST = "rst"
    STALL = "stall"
    CLOSING = "421"
    TRANSIENT = "4xx"
    PERMANENT = "5xx"
    GARBAGE = "garbage"
    DRIP = "1 byte/s"
    FLOOD = "10 MB reply"


class Gone(Exception):
    """The connection is over."""


_REFUSALS = {
    Fault.CLOSING: "421 4.3.2 shutting down",
    Fault.TRANSIENT: "451 4.7.1 try again later",
    Fault.PERMANENT: "550 5.1.1 no",
    Fault.GARBAGE: "\x00\xff\x16\x03 what?",
}


async def strike(writer: asyncio.StreamWriter, fault: Fault) -> None:
    """Commit the fault. Raises `Gone` if the conversation is over with it."""
    if fault in _REFUSALS:
        writer.write(_REFUSALS[fault].encode("latin-1") + b"\r\n")
        await writer.drain()
        if fault is Fault.CLOSING:
            raise Gone
        return
    if fault is Fault.RST:
        writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    elif fault is Fault.STALL:
        await asyncio.Event().wait()
    elif fault is Fault.DRIP:
        await _drip(writer)
    elif fault is Fault.FLOOD:
        await _flood(writer)
    raise Gone


async def _drip(writer: asyncio.StreamWriter) -> None:
    for byte in b"250 2.0.0 very slow indeed, and it never comes to its end":
        writer.write(bytes((byte,)))
        await asyncio.sleep(0.05)
    await asyncio.Event().wait()


async def _flood(writer: asyncio.StreamWriter) -> None:
    line = b"250-" + b"x" * 1000 + b"\r\n"
    for _ in range(10_000):
        writer.write(line)
        await writer.drain()
    writer.write(b"250 at last\r\n")
    await writer.drain()
