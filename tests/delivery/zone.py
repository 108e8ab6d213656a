"""A name server on the loopback with a few records, and silence or trouble where it is wanted."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.asyncresolver import Resolver

__all__ = ["Zone", "serve_zone"]

Zone = Mapping[tuple[str, str], Sequence[str]]
"""Records by name and kind, as a zone file has them; `SERVFAIL` or `SILENCE` instead of one is what it says."""


class _NameServer(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone) -> None:
        self._zone = zone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        [question] = query.question
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        records = self._zone.get((name, kind), ())
        if "SILENCE" in records:
            return
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if "SERVFAIL" in records:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif records:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        elif not any(known == name for known, _ in self._zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def serve_zone(zone: Zone) -> AsyncIterator[Resolver]:
    """A resolver that asks a server of this zone and nobody else."""
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _NameServer(zone), local_addr=("127.0.0.1", 0)
    )
    resolver = Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], transport.get_extra_info("sockname")[1]
    resolver.timeout = 0.5
    try:
        yield resolver
    finally:
        transport.close()
