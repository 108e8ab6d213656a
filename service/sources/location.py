"""A location: a web address taken apart, and checked before anything is asked of it."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from service.sources.unusable import Unusable

__all__ = ["Location", "read_location"]

_PORTS: Final = {"https": 443, "http": 80}
_LONGEST: Final = 8000  # as much as RFC 9110 4.1 wants everybody to take
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_BRACKETED: Final = re.compile(r"\[[0-9A-Fa-f:.]+\](:[0-9]*)?")
"""No zone: it has a meaning on one machine only (RFC 6874)."""
_UNQUOTED: Final = "%/:@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True)
class Location:
    """Where a document stands on the web.

    `scheme` is "https" or "http", `host` a lower-case ASCII name or an IP address without brackets, `target` the path
    and query as they are sent (RFC 9112 3.2.1).
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as a Host field carries them (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def name(self) -> str:
        """The address for messages and logs: without its query, which may hold a key."""
        return self.url.partition("?")[0]

    def follow(self, reference: str) -> "Location":
        """Where a redirection leads. Raises `Unusable` if nobody should go there."""
        try:
            _check_characters(reference)
            ahead = read_location(_join(self.url, reference))
        except Unusable as fault:
            raise Unusable(f"the server sends on to another address, but {fault}") from None
        if self.scheme == "https" and ahead.scheme == "http":
            raise Unusable("the server sends on from https to http; write an address that stays with https")
        return ahead


def read_location(text: str) -> Location:
    """The location that a web address names. Raises `Unusable` for every spelling that readers could disagree on."""
    _check_characters(text)
    parts, port = _split(text)
    if parts.scheme not in _PORTS or not text.lower().startswith(f"{parts.scheme}://"):
        raise Unusable("the address has to begin with https:// or http://")
    if "@" in parts.netloc:
        raise Unusable("the address holds a name or password before an @; use an address that needs neither")
    if port == 0:
        raise Unusable("there is no port 0; leave the port out")
    return Location(parts.scheme, _read_host(parts), port or _PORTS[parts.scheme], _write_target(parts))


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        return parts, parts.port
    except ValueError:
        raise Unusable("the address cannot be read; copy it again from the browser") from None


def _join(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:
        raise Unusable("the address cannot be read; copy it again from the browser") from None


def _check_characters(text: str) -> None:
    if len(text) > _LONGEST:
        raise Unusable(f"the address is longer than {_LONGEST} characters; use a shorter one")
    if not text.isprintable() or " " in text or "\\" in text:
        raise Unusable("the address holds a space, a backslash or an invisible character; copy it again")


def _read_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        if _BRACKETED.fullmatch(parts.netloc):
            return str(IPv6Address(host))
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except ValueError:
        raise Unusable(f'"{host}" is no host name; copy the address again') from None
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _read_numbers(host)
    if "[" in parts.netloc or len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise Unusable(f'"{host}" is no host name; copy the address again')
    return name


def _read_numbers(host: str) -> str:
    """Hosts that end in a number are IPv4 addresses to some programs: only the one spelling of RFC 3986 is taken."""
    try:
        return str(IPv4Address(host))
    except ValueError:
        raise Unusable(f'"{host}" is no IP address; write four numbers from 0 to 255 with dots between') from None


def _write_target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=_UNQUOTED)
    return f"{path}?{quote(parts.query, safe=_UNQUOTED + '?')}" if parts.query else path
