"""The visitor's network: what limits count by, since one person owns many addresses of it."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

__all__ = ["tell_network"]


def tell_network(peer: str, forwarded: Sequence[str], *, trusted_proxies: int) -> str:
    """The /24 (IPv4) or /56 (IPv6) that a request comes from.

    `peer` is the other end of the connection. Of `forwarded`, the addresses in X-Forwarded-For, only the last
    `trusted_proxies` were written by proxies of ours; what stands before them the visitor may have invented.
    """
    written = [peer, *reversed(forwarded)][: trusted_proxies + 1]
    addresses = [_read_address(text) for text in written]
    known = next((address for address in reversed(addresses) if address is not None), None)
    if known is None:
        return "unknown"
    return str(ip_network((known, 24 if known.version == 4 else 56), strict=False))


def _read_address(text: str) -> IPv4Address | IPv6Address | None:
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
