"""The guard: which machines may be dialled for a document. Public ones; others only if the settings name them."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

__all__ = ["Address", "Network", "is_open", "is_public"]

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLOSED_V4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # carrier NAT, RFC 6598; some clouds keep their metadata here
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's own services: public by number, inside by nature
            "169.254.0.0/16",  # link-local, RFC 3927, and the metadata of most clouds
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",
        ),
    )
)
_UNICAST_V6: Final = IPv6Network("2000::/3")
"""All that IANA has given out as global unicast; every mapped, local and multicast form lies outside."""
_CLOSED_V6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments, among them Teredo (RFC 4380)
            "2001:db8::/32",
            "2002::/16",  # 6to4, RFC 3056
            "3fff::/20",
        ),
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether an address belongs to a machine on the public internet.

    An address behind NAT64 (RFC 6052 2.1), which IPv6-only networks cannot do without, is what it leads to. The other
    ways to write an IPv4 address in an IPv6 one are closed altogether.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not _lies_in(address, _CLOSED_V4)
    if address.scope_id is not None:
        return False
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _UNICAST_V6 and address.is_global and not _lies_in(address, _CLOSED_V6)


def is_open(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether an address may be dialled: it is public, or lies in one of the `allowed` networks."""
    return is_public(address) or _lies_in(address, allowed)


def _lies_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
