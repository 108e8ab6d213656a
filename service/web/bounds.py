"""Bounds of a connection: how long the head of a request may be, and how long one may take to arrive.

Whoever opens connections and says little or much on them holds up nobody else.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from service.web.express import ExpressProtocol

__all__ = ["BoundedProtocol"]

_LONGEST_HEAD: Final = 16 * 1024
_PATIENCE_SECONDS: Final = 10


class BoundedProtocol(ExpressProtocol):
    """One connection. A head of more than 16 KiB is answered with 400, a request that takes ten seconds to arrive with
    the end of the connection. Bodies are bounded where they are read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unanswered = 0
        self._may_be_long = False
        self._deadline: asyncio.TimerHandle | None = None
        self._answering: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there, and has yet to say something."""
        super().connection_made(transport)
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._lift_deadline()
        self._hang_up()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A part of a request, or a request, or several."""
        self._unanswered += len(data)
        self._may_be_long = self._unanswered > _LONGEST_HEAD
        super().data_received(data)
        if self.transport.is_closing():
            return
        if not self._is_waiting():
            self._be_at_ease()
        elif self._may_be_long and not self._is_draining():
            self.send_400_response("The head of the request is too long.")
        else:
            self._set_deadline()

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read, and hang up on what was asked before it and is being answered still."""
        self._hang_up()
        super().send_400_response(msg)

    def on_headers_complete(self) -> None:
        """The head is read. Raises ValueError, which becomes a 400, if it is too long."""
        self._unanswered = 0
        if self._may_be_long and self._measure_head() > _LONGEST_HEAD:
            raise ValueError("the head of the request is too long")
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _hang_up(self) -> None:
        """Of several requests in a row, uvicorn would tell only the last one that nobody listens any more."""
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def _is_waiting(self) -> bool:
        """Whether a request has begun and cannot be answered yet, or what was answered has not ended."""
        return self.timeout_keep_alive_task is None and (self.cycle is None or self.cycle.response_complete)

    def _is_draining(self) -> bool:
        """Whether this is the rest of a body that nobody wanted: its sender may still be told so."""
        return self.cycle is not None and self.cycle.more_body

    def _measure_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _be_at_ease(self) -> None:
        """What has come is answered, or will be without anything more."""
        self._unanswered = 0
        self._lift_deadline()

    def _set_deadline(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(_PATIENCE_SECONDS, self.transport.close)

    def _lift_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
