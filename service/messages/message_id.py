"""The Message-ID of a mail: the same for every attempt to deliver it, so that a second copy can be recognised."""

from service.keyed_hash import keyed_hash
from service.messages.header import encode_domain

__all__ = ["message_id"]

_BYTES = 20


def message_id(secret: bytes, key: str, domain: str) -> str:
    """The Message-ID (RFC 5322 3.6.4) of the delivery with `key`, in angle brackets.

    160 bits of a keyed hash: nobody without the `secret` can tell what it stands for or make one up.
    Raises ValueError if `domain` is none.
    """
    return f"<{keyed_hash(secret, key.encode())[:_BYTES].hex()}@{encode_domain(domain)}>"
