"""Dialling: one question to one location, at an address that was looked at first."""

import ssl
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import Final

import httpcore

from service.sources.answer import Answer, check_fields
from service.sources.guard import Address, is_open
from service.sources.location import Location
from service.sources.reach import Reach
from service.sources.reading import LIMIT
from service.sources.unusable import Unusable

__all__ = ["ask", "find_addresses"]

_DIALLED: Final = 4
"""How many of a name's addresses are tried."""


async def ask(location: Location, headers: dict[str, str], reach: Reach) -> Answer:
    """The answer of a location; redirections are answers. Raises `Unusable`.

    The name is resolved once, and the very addresses that were looked at are dialled: whoever owns the name cannot
    change its meaning in between.
    """
    fault = Unusable("the server cannot be reached; check the address, and try it in a browser")
    for address in (await find_addresses(location, reach))[:_DIALLED]:
        try:
            return await _ask_at(address, location, headers, reach)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            if error.args and isinstance(error.args[0], ssl.SSLError):
                fault = _distrust(error.args[0])
        except (httpcore.ProtocolError, httpcore.NetworkError):
            raise Unusable("the server broke off, or its answer is not HTTP; it is asked again later") from None
    raise fault


async def find_addresses(location: Location, reach: Reach) -> Sequence[Address]:
    """The IP addresses of a location, all of them open. Raises `Unusable` if there are none or one is not."""
    try:
        addresses = [ip_address(location.host)]
    except ValueError:
        addresses = await _resolve(location, reach)
    for address in addresses:
        if not is_open(address, reach.allowed_networks):
            way = "" if location.host == str(address) else f"{location.host} leads to "
            raise Unusable(
                f"{way}{address}, which is not on the public internet; put the document where everybody can open it, "
                "or name the network in `source_networks`"
            )
    return addresses


async def _resolve(location: Location, reach: Reach) -> list[Address]:
    try:
        found = [ip_address(text) for text in await reach.resolve(location.host, location.port)]
    except (OSError, ValueError):
        found = []
    if not found:
        raise Unusable(f"there is no host {location.host}, or its name cannot be looked up now; check the address")
    return found


async def _ask_at(address: Address, location: Location, headers: dict[str, str], reach: Reach) -> Answer:
    url = httpcore.URL(scheme=location.scheme, host=str(address), port=location.port, target=location.target)
    told = headers | {"Host": location.authority, "Connection": "close"}
    fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told.items()]
    extensions = {"timeout": {"connect": reach.connect_seconds}, "sni_hostname": location.host}
    context = reach.trust() if location.scheme == "https" else None
    async with (
        httpcore.AsyncConnectionPool(ssl_context=context) as pool,
        pool.stream("GET", url, headers=fields, extensions=extensions) as response,
    ):
        said = _fold(response.headers)
        if response.status != 200:
            return Answer(location, response.status, said)
        check_fields(said)
        return Answer(location, response.status, said, await _receive(response))


async def _receive(response: httpcore.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_stream():
        content += chunk
        if len(content) > LIMIT:
            raise Unusable("the document is longer than 1 MiB; give the schedule a file of its own")
    return bytes(content)


def _fold(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header fields by lower-case name; several of one name are joined (RFC 9110 5.3)."""
    folded: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip()
        folded[name] = f"{folded[name]}, {value}" if name in folded else value
    return folded


def _distrust(error: ssl.SSLError) -> Unusable:
    reason = getattr(error, "verify_message", "") or "the TLS handshake failed"
    return Unusable(f"the server does not prove that it is the one asked for ({reason}); check the address")
