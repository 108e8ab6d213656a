"""Answering: a representation sent as a request deserves, and the short texts in place of one (RFC 9110)."""

from collections.abc import Mapping
from typing import Final

from starlette.types import Scope, Send

from service.web.negotiation import choose_coding, is_current
from service.web.representation import Headers, Representation

__all__ = ["ALLOWED", "answer_options", "answer_text", "answer_with", "read_headers"]

ALLOWED: Final = b"GET, HEAD, OPTIONS"
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


async def answer_with(send: Send, scope: Scope, asked: Mapping[bytes, str], representation: Representation) -> None:
    """Answer GET or HEAD with headers `asked`: 304 if the client has what is current, else 200 in its best coding."""
    coded = choose_coding(representation, asked.get(b"accept-encoding", ""), asked.get(b"user-agent", ""))
    if is_current(representation, coded, asked.get(b"if-none-match"), asked.get(b"if-modified-since")):
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


def read_headers(scope: Scope) -> dict[bytes, str]:
    """The request's headers; a repeated field is one list (RFC 9110 5.3)."""
    headers: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
