"""Feeds over HTTP: answers for calendar programs, from the shelf, in front of everything else."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from service.web.negotiation import choose_coding, is_current
from service.web.representation import Headers, Representation
from service.web.shelf import Shelf

__all__ = ["Feeds"]

_ALLOWED: Final = b"GET, HEAD, OPTIONS"
_PERSONAL: Final = "/me/"
"""Feeds with a token in the address are answered elsewhere."""
_MOST_NAMED: Final = 20
_SHORT: Final[Headers] = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"public, max-age=60"),
    (b"x-robots-tag", b"noindex"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"access-control-allow-origin", b"*"),
)
_PREFLIGHT: Final[Headers] = (
    (b"allow", _ALLOWED),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", _ALLOWED),
    (b"access-control-allow-headers", b"If-None-Match, If-Modified-Since"),
    (b"access-control-max-age", b"86400"),
)


class Feeds:
    """An ASGI application that answers `/{slug}.ics`, `/{slug}/download.ics` and `/{slug}/{session}.ics`.

    Query parameters are ignored. All other requests go to `otherwise`. Nothing is rendered or compressed here.
    """

    def __init__(self, shelf: Shelf, otherwise: ASGIApp) -> None:
        self._shelf = shelf
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _names_feed(scope["path"]):
            await self._otherwise(scope, receive, send)
        elif (representation := self._find(scope["path"])) is None:
            await _answer(send, scope, 404, _SHORT, self._tell_what_exists(scope["path"]))
        elif scope["method"] in ("GET", "HEAD"):
            await _answer_feed(send, scope, representation)
        elif scope["method"] == "OPTIONS":
            await _answer(send, scope, 204, _PREFLIGHT, b"")
        else:  # programs probe for a writable calendar; only 405 tells them that it is none
            await _answer(send, scope, 405, (*_SHORT, (b"allow", _ALLOWED)), b"A feed can only be read.\n")

    def _find(self, path: str) -> Representation | None:
        slug, inside, rest = path[1:].removesuffix(".ics").partition("/")
        if not inside:
            return self._shelf.feed(slug)
        return self._shelf.download(slug) if rest == "download" else self._shelf.session(slug, rest)

    def _tell_what_exists(self, path: str) -> bytes:
        """What a person who mistyped an address needs: the feeds there are, the one of this series first."""
        slugs = self._shelf.slugs()
        slug = path[1:].partition("/")[0]
        named = [slug] if slug in slugs else slugs[:_MOST_NAMED]
        feeds = "".join(f"/{name}.ics\n" for name in named)
        return (f"There is no feed here. There is:\n{feeds}" if feeds else "There is no feed here.\n").encode()


def _names_feed(path: str) -> bool:
    return path.endswith(".ics") and path.count("/") <= 2 and not path.startswith(_PERSONAL)


async def _answer_feed(send: Send, scope: Scope, representation: Representation) -> None:
    asked = _read_headers(scope)
    coded = choose_coding(representation, asked.get(b"accept-encoding", ""), asked.get(b"user-agent", ""))
    if is_current(representation, coded, asked.get(b"if-none-match"), asked.get(b"if-modified-since")):
        await _send(send, 304, coded.unchanged, b"")
    else:
        await _send(send, 200, coded.found, b"" if scope["method"] == "HEAD" else coded.body)


def _read_headers(scope: Scope) -> dict[bytes, str]:
    """The request's headers; a repeated field is one list (RFC 9110 5.3)."""
    headers: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


async def _answer(send: Send, scope: Scope, status: int, headers: Headers, body: bytes) -> None:
    if body:
        headers = (*headers, (b"content-length", str(len(body)).encode()))
    await _send(send, status, headers, b"" if scope["method"] == "HEAD" else body)


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
