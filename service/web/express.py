"""The express way: an answer that lies ready is sent as soon as its request has been read.

ASGI gives every request a task, a scope and messages, which cost more than all the rest. A subscribed calendar asks the
same question for months; whatever else is asked goes the usual way, on the same connections.
"""

from collections.abc import Mapping
from typing import Any, Protocol, cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["Answer", "ExpressProtocol", "Fields", "Prompt", "Question"]

Answer = tuple[bytes, bytes]
"""Head and body: the head is the status line and the fields, without Date and without the empty line at the end."""
Fields = Mapping[bytes, bytes]
"""A request's header fields, names in lower case, none twice."""


class Question(Protocol):
    """A request that was understood, and can be answered as often as it is asked."""

    def answer(self) -> Answer | None:
        """What to answer now; None if that takes more than a look."""
        ...


class Prompt(Protocol):
    """An ASGI application that has some answers ready."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""
        ...

    def recognise(self, target: bytes, fields: Fields) -> Question | None:
        """What a GET of `target` (RFC 9112 3.2.1) asks, if the answer may lie ready."""
        ...


class ExpressProtocol(HttpToolsProtocol):
    """uvicorn's protocol on one connection; the application it is given has to be a `Prompt`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question: Question | None = None

    def on_message_begin(self) -> None:
        """A request begins. Its `question` is there once it has been answered the express way."""
        self.question = None
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The request is read, but for its body."""
        fields = dict(self.headers)
        question = cast(Prompt, self.app).recognise(self.url, fields) if self._is_simple(fields) else None
        answer = question.answer() if question else None
        if answer is None:
            super().on_headers_complete()
        else:
            self.question = question
            self._write(*answer)

    def on_message_complete(self) -> None:
        """The request has ended; only one that goes the usual way is still being answered."""
        if self.cycle is not None:
            super().on_message_complete()

    def _is_simple(self, fields: Fields) -> bool:
        """Whether this is a GET as every client sends it, and nothing before it is still on its way."""
        parser = self.parser
        return (
            parser.get_method() == b"GET"
            and (self.cycle is None or self.cycle.response_complete)
            and len(fields) == len(self.headers)
            and b"content-length" not in fields
            and b"transfer-encoding" not in fields
            and not self.expect_100_continue
            and parser.should_keep_alive()
            and parser.get_http_version() == "1.1"
            and not parser.should_upgrade()
            and not self.flow.write_paused
        )

    def _write(self, head: bytes, body: bytes) -> None:
        fields = [b"%s: %s\r\n" % field for field in self.server_state.default_headers]  # the date
        self.transport.write(b"".join((head, *fields, b"\r\n", body)))
        self.on_response_complete()
