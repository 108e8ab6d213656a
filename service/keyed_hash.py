"""The keyed hash: what only somebody with the secret can compute, for tokens, identifiers and fingerprints."""

import hmac
from functools import lru_cache

__all__ = ["keyed_hash"]


def keyed_hash(secret: bytes, text: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104), 32 bytes. A mail needs several, so what depends on the secret alone is done once."""
    begun = _begin(secret).copy()
    begun.update(text)
    return begun.digest()


@lru_cache(8)
def _begin(secret: bytes) -> hmac.HMAC:
    return hmac.new(secret, digestmod="sha256")
