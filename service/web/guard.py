"""Guards in front of every page: for this host only, from our own pages only, with headers that leave no holes."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HostGuard", "OriginGuard", "SafeHeaders"]

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS: Final = {"http": 80, "https": 443}
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A page's address must not reach other sites, but our own forms need an Origin, which `no-referrer` would blank.
_DEFAULTS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_PRIVATE: Final = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


class HostGuard:
    """Answers 421 (RFC 9110 15.5.20) to requests for another host than that of `base_url`.

    A site at a loopback address answers to all its names. Paths in `open_to_all` answer to any host: probes of a
    machine's keeper know only its number.
    """

    def __init__(self, app: ASGIApp, base_url: str, *, open_to_all: Iterable[str] = ()) -> None:
        self._app = app
        self._base = _split_host(urlsplit(base_url).netloc, urlsplit(base_url).scheme)
        self._scheme = urlsplit(base_url).scheme
        self._open_to_all = frozenset(open_to_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""
        if scope["type"] == "http" and scope["path"] not in self._open_to_all and not self._is_ours(scope):
            await PlainTextResponse("This address does not lead to a page here.\n", 421)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def admits(self, host: bytes) -> bool:
        """Whether `host`, what a request's Host field says, is this site."""
        asked = _split_host(host.decode("latin-1"), self._scheme)
        if self._base[0] in _LOOPBACK:
            return asked[0] in _LOOPBACK
        return asked == self._base

    def _is_ours(self, scope: Scope) -> bool:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        return len(hosts) == 1 and self.admits(hosts[0])


class OriginGuard:
    """Answers 403 to what another site's page posts here. Paths that begin with `open_to_all` take every POST.

    A request without Sec-Fetch-Site and Origin comes from no browser, so that nobody's browser is abused.
    """

    def __init__(self, app: ASGIApp, *, open_to_all: tuple[str, ...] = ()) -> None:
        self._app = app
        self._open_to_all = open_to_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS") and self._is_foreign(scope):
            text = "This form was sent from another site. Open the page itself and try again.\n"
            await PlainTextResponse(text, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        if self._open_to_all and scope["path"].startswith(self._open_to_all):
            return False
        headers = Headers(scope=scope)
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return site not in ("same-origin", "none")
        # The host was checked before, so an origin at the same host is ours whatever name of it was used.
        return origin is not None and urlsplit(origin).netloc != headers.get("host")


class SafeHeaders:
    """Gives every answer the headers that forbid browsers what these pages do not need.

    An answer that sets one of them itself keeps its own; one that says nothing about caching is private.
    `is_https` says that the site is reached by https only.
    """

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._defaults = _DEFAULTS | ({"Strict-Transport-Security": "max-age=31536000"} if is_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI interface."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                private = {} if "Cache-Control" in headers else _PRIVATE
                for name, value in (self._defaults | private).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_safely if scope["type"] == "http" else send)


@lru_cache(maxsize=256)
def _split_host(netloc: str, scheme: str) -> tuple[str, int | None]:
    """Host and port of `netloc`; (empty, None) if it is none."""
    try:
        parts = urlsplit(f"//{netloc}")
        if parts.netloc != netloc or "@" in netloc:
            return "", None
        return (parts.hostname or ""), parts.port or _PORTS.get(scheme)
    except ValueError:
        return "", None
