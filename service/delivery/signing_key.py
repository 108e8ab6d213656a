"""A signing key: the private half in a file of the operator's, the public half in a DNS record."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

__all__ = ["SigningKey"]

_SHORTEST: Final = 2048  # RFC 8301 3.2
_LONGEST: Final = 4096
_HOW: Final = "make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`, or `-algorithm ed25519`"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs mails, found in DNS under its `selector`.

    `kind` is `rsa` or `ed25519`, `public` is what a record says of it (RFC 6376 3.6.1, RFC 8463 4). `sign` makes the
    signature of some bytes, in any thread.
    """

    selector: str
    kind: str
    public: str
    sign: Callable[[bytes], bytes] = field(repr=False, compare=False)

    @property
    def algorithm(self) -> str:
        """What a signature calls it."""
        return f"{self.kind}-sha256"

    @property
    def record(self) -> str:
        """The TXT record that tells the world the public half."""
        return f"v=DKIM1; k={self.kind}; p={self.public}"

    @classmethod
    def read(cls, selector: str, file: Path) -> Self:
        """The key in a PEM file. Raises `ValueError` with what to do if there is none that mails can be signed with."""
        try:
            key = load_pem_private_key(file.read_bytes(), password=None)
        except OSError as error:
            raise ValueError(f"{file} cannot be read: {error.strerror}") from None
        except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it wants a password
            raise ValueError(f"{file} holds no private key without a password; {_HOW}") from None
        if isinstance(key, RSAPrivateKey):
            return cls._of_rsa(selector, key, file)
        if isinstance(key, Ed25519PrivateKey):
            # it signs the hash of the data (RFC 8463 3)
            raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            return cls(
                selector, "ed25519", b64encode(raw).decode("ascii"), lambda data: key.sign(sha256(data).digest())
            )
        raise ValueError(f"{file} holds a key of another kind than RSA and Ed25519; {_HOW}")

    @classmethod
    def _of_rsa(cls, selector: str, key: RSAPrivateKey, file: Path) -> Self:
        if not _SHORTEST <= key.key_size <= _LONGEST:
            raise ValueError(
                f"{file} holds an RSA key of {key.key_size} bits, not of {_SHORTEST} to {_LONGEST}; {_HOW}"
            )
        written = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return cls(
            selector, "rsa", b64encode(written).decode("ascii"), lambda data: key.sign(data, PKCS1v15(), SHA256())
        )
