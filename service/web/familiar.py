"""Familiar requests: a subscribed calendar sends the same request for months, byte for byte.

Bytes that were read once as one whole request mean the same whenever nothing is left of what came before them. So they
need not be taken apart again: they are looked up, and what they ask is answered as it is answered by now.
"""

from collections.abc import Sequence
from typing import Any, Final

from service.web.bounds import BoundedProtocol
from service.web.express import Answer, Question

__all__ = ["Familiar", "FamiliarProtocol"]

_LONGEST_KEPT: Final = 1024
_MOST_KEPT: Final = 4096


class Familiar:
    """What requests ask, by their bytes, for all connections of a server; the oldest are forgotten."""

    def __init__(self) -> None:
        self._questions: dict[bytes, Question] = {}
        self._fields: Sequence[tuple[bytes, bytes]] = ()
        self._end = b"\r\n"

    def recall(self, request: bytes) -> Question | None:
        """What this request asks, if it was asked before."""
        return self._questions.get(request)

    def remember(self, request: bytes, question: Question) -> None:
        """Know from now on what this request asks; of a long one it is not worth the room."""
        if len(request) <= _LONGEST_KEPT:
            self._questions[request] = question
            if len(self._questions) > _MOST_KEPT:
                del self._questions[next(iter(self._questions))]

    def end_head(self, fields: Sequence[tuple[bytes, bytes]]) -> bytes:
        """How every head ends now: with these fields, of which uvicorn makes a new list when the date changes."""
        if fields is not self._fields:
            self._fields = fields
            self._end = b"".join(b"%s: %s\r\n" % field for field in fields) + b"\r\n"
        return self._end


class FamiliarProtocol(BoundedProtocol):
    """One connection, which shares with others what is `familiar`."""

    def __init__(self, familiar: Familiar, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._familiar = familiar
        self._is_whole = True
        self._begun = 0
        self._answered_at = 0.0

    def data_received(self, data: bytes) -> None:
        """A part of a request, or a request, or several."""
        if not self._is_idle():
            super().data_received(data)
            return
        question = self._familiar.recall(data)
        answer = question.answer() if question else None
        if answer:
            self._repeat(answer)
        else:
            self._read(data)

    def on_message_begin(self) -> None:
        """The first character of a request."""
        self._is_whole = False
        self._begun += 1
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """The last one."""
        self._is_whole = True
        super().on_message_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing was asked for a while, unless it was answered by the way."""
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def _is_idle(self) -> bool:
        """Whether every request so far was read to its end and answered, and the client reads what it is told."""
        return self._is_whole and (self.cycle is None or self.cycle.response_complete) and not self.flow.write_paused

    def _read(self, data: bytes) -> None:
        """Take it apart. If it is one request and no more, and its answer lay ready, it is familiar from now on."""
        self._begun = 0
        super().data_received(data)
        if self.question and self._is_whole and self._begun == 1:
            self._familiar.remember(data, self.question)

    def _repeat(self, answer: Answer) -> None:
        head, body = answer
        self.transport.write(b"".join((head, self._familiar.end_head(self.server_state.default_headers), body)))
        if self.timeout_keep_alive_task is None:
            self._be_at_ease()
            self.on_response_complete()
        else:  # it goes on waiting: a timer for every answer would cost more than the answer
            self._answered_at = self.loop.time()
