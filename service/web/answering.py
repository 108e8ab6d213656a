"""Answering: a representation sent as a request deserves, and the short texts in place of one (RFC 9110)."""

from collections.abc import Iterable, Mapping
from typing import Final

from starlette.types import Scope, Send

from service.web.negotiation import choose_coding, is_current
from service.web.representation import Coded, Headers, Representation

__all__ = ["ALLOWED", "answer_options", "answer_text", "answer_with", "choose_answer", "read_headers"]

ALLOWED: Final = b"GET, HEAD, OPTIONS"
_DECISIVE: Final = frozenset({b"accept-encoding", b"if-modified-since", b"if-none-match", b"user-agent"})
_SHORT: Final[Headers] = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"x-robots-tag", b"noindex"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"access-control-allow-origin", b"*"),
)
_PREFLIGHT: Final[Headers] = (
    (b"allow", ALLOWED),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", ALLOWED),
    (b"access-control-allow-headers", b"If-None-Match, If-Modified-Since"),
    (b"access-control-max-age", b"86400"),
)


def choose_answer(asked: Mapping[bytes, str], representation: Representation) -> tuple[Coded, bool]:
    """The best coding for a client with headers `asked`, and whether it has what is current: then 304 will do."""
    coded = choose_coding(representation, asked.get(b"accept-encoding", ""), asked.get(b"user-agent", ""))
    return coded, is_current(representation, coded, asked.get(b"if-none-match"), asked.get(b"if-modified-since"))


async def answer_with(send: Send, scope: Scope, asked: Mapping[bytes, str], representation: Representation) -> None:
    """Answer GET or HEAD with headers `asked`: 304 if the client has what is current, else 200 in its best coding."""
    coded, is_known = choose_answer(asked, representation)
    if is_known:
        await _send(send, 304, coded.unchanged, b"")
    else:
        await _send(send, 200, coded.found, b"" if scope["method"] == "HEAD" else coded.body)


async def answer_text(
    send: Send,
    scope: Scope,
    status: int,
    text: str,
    *headers: tuple[bytes, bytes],
    caching: bytes = b"public, max-age=60",
) -> None:
    """Answer with words for a person, as plain text."""
    body = f"{text}\n".encode()
    described = ((b"cache-control", caching), (b"content-length", str(len(body)).encode()))
    await _send(send, status, (*_SHORT, *described, *headers), b"" if scope["method"] == "HEAD" else body)


async def answer_options(send: Send) -> None:
    """Answer OPTIONS: what may be done here, and that pages elsewhere may do it."""
    await _send(send, 204, _PREFLIGHT, b"")


def read_headers(fields: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str]:
    """Those headers of a request that decide on its answer; a repeated field is one list (RFC 9110 5.3)."""
    headers: dict[bytes, str] = {}
    for name, value in fields:
        if name in _DECISIVE:
            text = value.decode("latin-1")
            headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
