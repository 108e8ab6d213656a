"""Keys: what is derived from the installation's one secret: the tokens in mailed links, and fingerprints."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum

from service.keyed_hash import keyed_hash

__all__ = ["Keys", "Purpose", "digest"]


class Purpose(StrEnum):
    """The one thing that a mailed link may do."""

    CONFIRM = "confirm"
    PREFERENCES = "me"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Keys:
    """The secret of an installation; it never enters the database."""

    secret: bytes

    def token(self, purpose: Purpose, participant_id: int, generation: int) -> str:
        """The unguessable part of a participant's link (144 bits, 24 characters); `generation` rotates it."""
        return urlsafe_b64encode(self._mac(f"{purpose}:{participant_id}:{generation}")[:18]).decode()

    def fingerprint(self, text: str) -> str:
        """A keyed hash, to count by something without keeping it."""
        return self._mac(f"fingerprint:{text}").hex()[:32]

    def _mac(self, text: str) -> bytes:
        return keyed_hash(self.secret, text.encode())


def digest(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
