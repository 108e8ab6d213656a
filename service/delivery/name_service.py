"""The name service: asks DNS, and tells an empty answer from none."""

from dataclasses import dataclass
from typing import Final

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.rdtypes.ANY.TXT import TXT
from dns.resolver import NXDOMAIN, NoAnswer
from dns.reversename import from_address

__all__ = ["NameService", "Unanswered", "open_resolver"]

_PATIENCE_SECONDS: Final = 5


class Unanswered(Exception):
    """DNS could not be asked; what it would say is not known."""


def open_resolver() -> Resolver:
    """Whom this machine asks. Raises `Unanswered` if it knows nobody."""
    try:
        return Resolver()
    except (DNSException, OSError) as error:
        raise Unanswered(f"this machine knows no name server: {error}") from None


@dataclass(frozen=True, slots=True)
class NameService:
    """Each question takes five seconds at most. Raises `Unanswered`; what is not there is an empty answer."""

    resolver: Resolver

    async def find_texts(self, name: str) -> tuple[str, ...]:
        """The texts at a name, the strings of each joined (RFC 7208 3.3)."""
        found = await self._ask(name, "TXT")
        return tuple(b"".join(one.strings).decode("utf-8", "replace") for one in found if isinstance(one, TXT))

    async def find_addresses(self, name: str) -> tuple[str, ...]:
        """The IP addresses of a host."""
        return tuple(str(one) for one in [*await self._ask(name, "A"), *await self._ask(name, "AAAA")])

    async def find_names(self, address: str) -> tuple[str, ...]:
        """What an IP address is called (PTR)."""
        return tuple(str(one).rstrip(".") for one in await self._ask(str(from_address(address)), "PTR"))

    async def _ask(self, name: str, kind: str) -> list[object]:
        try:
            return list(await self.resolver.resolve(name, kind, lifetime=_PATIENCE_SECONDS, search=False))
        except (NXDOMAIN, NoAnswer):
            return []
        except (DNSException, OSError) as error:
            raise Unanswered(f"DNS does not say what {name} is: {error}") from None
