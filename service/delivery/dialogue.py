"""The dialogue: our own end of an SMTP connection, which says commands and hears replies in their order."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from service.delivery.reply import Garbled, Reply, ReplyReader

__all__ = ["Broken", "Dialogue"]


class Broken(Exception):
    """The other end is lost, silent beyond the deadline, or talks no SMTP. The connection is gone."""


class Dialogue(asyncio.Protocol):
    """Takes over a connection that somebody else has opened, greeted and secured.

    Replies are kept in the order they came, so several commands may be said at once (RFC 2920). Any trouble ends the
    connection for good; replies that came whole before it can still be heard.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._patience: tuple[float, float, str] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._paused = False
        self._end = "the connection was closed" if transport.is_closing() else ""
        transport.set_protocol(self)
        # So that `flush` waits for the last octets. A TLS transport given 0 would stay paused with an empty buffer.
        transport.set_write_buffer_limits(high=1, low=0)

    @property
    def end(self) -> str:
        """Why the connection is gone; empty as long as it stands."""
        return self._end

    @property
    def is_quiet(self) -> bool:
        """Whether the connection stands and nothing came that nobody heard."""
        return not (self._end or self._replies or self._reader.is_midway)

    def say(self, octets: bytes) -> None:
        """Write to the other end; into a lost connection this does nothing, the next `hear` tells."""
        if not self._end:
            self._transport.write(octets)

    async def hear(self, seconds: float) -> Reply:
        """Wait for the next whole reply, at most `seconds` from now. Raises `Broken`."""
        if not (self._replies or self._end):
            await self._wait_until(lambda: bool(self._replies), seconds, "no reply")
        if self._replies:
            return self._replies.popleft()
        raise Broken(self._end)

    async def flush(self, seconds: float) -> None:
        """Wait until everything said has left our buffer or the connection is gone, at most `seconds` from now.

        What then lies in the buffers of TLS and of the system may still not have arrived.
        """
        if self._paused and not self._end:
            await self._wait_until(lambda: not self._paused, seconds, "the relay took no data")

    def abort(self) -> None:
        """Drop the connection at once, whatever is not yet written with it."""
        self._break_off("the connection was dropped")

    async def quit(self, seconds: float) -> None:
        """Say goodbye (RFC 5321 4.1.1.10), wait at most `seconds` for the answer, and close."""
        self.say(b"QUIT\r\n")
        try:
            with suppress(Broken):
                await self.hear(seconds)
        finally:
            self.abort()

    async def _wait_until(self, is_reached: Callable[[], bool], seconds: float, complaint: str) -> None:
        """Wait until it is so or the connection is gone; break off with the complaint when the time is over."""
        deadline = self._loop.time() + seconds
        self._patience = deadline, seconds, complaint
        if self._alarm is None or self._alarm.when() > deadline:
            self._set_alarm(deadline)
        try:
            while not (is_reached() or self._end):
                self._waiter = self._loop.create_future()
                await self._waiter
        finally:
            self._waiter = self._patience = None

    def _set_alarm(self, at: float) -> None:
        """One alarm serves many waits: nearly all are over long before it rings, and then it is set anew."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self._patience is not None:
            deadline, seconds, complaint = self._patience
            if deadline <= self._loop.time():
                self._break_off(f"{complaint} within {seconds:g} s")
            else:
                self._set_alarm(deadline)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _break_off(self, reason: str) -> None:
        if not self._end:
            self._end = reason
            self._transport.abort()
            if self._alarm is not None:
                self._alarm.cancel()
            self._wake()

    def data_received(self, data: bytes) -> None:
        if self._end:
            return
        try:
            self._replies.extend(self._reader.feed(data))
        except Garbled as garbled:
            self._break_off(str(garbled))
        self._wake()

    def eof_received(self) -> None:
        self._break_off("the relay closed the connection")

    def connection_lost(self, exc: Exception | None) -> None:
        self._break_off(f"the connection was lost: {exc}" if exc else "the connection was lost")

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._wake()
