"""The relay: the SMTP server that takes our mails, and how to reach it."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address

__all__ = ["Relay", "Security", "Timeouts", "is_loopback"]


class Security(StrEnum):
    """How the connection is protected. There is no "if available"."""

    TLS = "tls"  # from the first octet, RFC 8314 3.3
    STARTTLS = "starttls"  # required, RFC 3207
    NONE = "none"  # only to this machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Deadlines in seconds, each for one whole step; from `command` on not less than RFC 5321 4.5.3.2 asks for.

    `dot` is the longest on purpose: whoever gives up sooner makes duplicates (RFC 1047). `courtesy` is for replies
    that decide nothing any more: to QUIT, and behind a refusal.
    """

    connect: float = 60  # TCP connection, TLS handshake and banner, each
    command: float = 300
    data: float = 120
    body: float = 180
    dot: float = 600
    courtesy: float = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Where mails are handed over. `local_hostname` is the name we greet with.

    Raises `ValueError` for a connection that would show mails or the password to the network: `Security.NONE` goes
    with a loopback address and without a username only.
    """

    host: str
    port: int
    security: Security
    local_hostname: str
    username: str = ""
    password: str = field(default="", repr=False)
    mails_per_line: int = 100
    timeouts: Timeouts = Timeouts()

    def __post_init__(self) -> None:
        if self.security is not Security.NONE:
            return
        if not is_loopback(self.host):
            raise ValueError(f'security "none" is for a loopback address only, not for {self.host}: use "starttls"')
        if self.username:
            raise ValueError('a username needs security "tls" or "starttls": a password is never sent in clear')


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or address."""
    if host.lower() == "localhost":  # RFC 6761 6.3
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
