"""Signing keys of the tests, made as the README says."""

import shutil
import subprocess
from pathlib import Path

import dkim  # type: ignore[import-untyped]
import pytest

from service.delivery.signing_key import SigningKey

__all__ = ["DOMAIN", "KINDS", "holds", "make_key", "publish"]

KINDS = {"rsa": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "ed25519": ["ed25519"]}
DOMAIN = "example.org"


def make_key(folder: Path, *kind: str) -> Path:
    """A file with a new private key of the kind that openssl calls so."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the keys")
    file = folder / f"{'-'.join(kind).replace(':', '-').lower()}.pem"
    subprocess.run([openssl, "genpkey", "-algorithm", *kind, "-out", file], check=True, capture_output=True)
    return file


def publish(*keys: SigningKey) -> dict[str, str]:
    """What DNS says of these keys."""
    return {f"{key.selector}._domainkey.{DOMAIN}": key.record for key in keys}


def holds(content: bytes, *keys: SigningKey) -> bool:
    """Whether dkimpy takes the first signature on a mail for one of these keys."""
    known = publish(*keys)

    def look_up(name: bytes, timeout: float = 5) -> bytes:
        return known[name.decode().rstrip(".")].encode()

    return bool(dkim.verify(content, dnsfunc=look_up))
