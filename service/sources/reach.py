"""Reach: how far, and how long, a document on the web is sought."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache

from service.sources.guard import Network

__all__ = ["Reach", "Resolver", "resolve_name", "trust_system"]

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host name and a port to the IP addresses behind them. Raises OSError if there are none."""


async def resolve_name(host: str, port: int) -> Sequence[str]:
    """What the system's resolver says."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@cache
def trust_system() -> ssl.SSLContext:
    """The certificates that this machine trusts."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a question may use. `allowed_networks` may be dialled though they are not public.

    `connect_seconds` is for each connection, `seconds` for everything together: names, redirections, the document.
    """

    allowed_networks: tuple[Network, ...] = ()
    connect_seconds: float = 5
    seconds: float = 10
    resolve: Resolver = resolve_name
    trust: Callable[[], ssl.SSLContext] = trust_system
