"""Signing keys: those that openssl makes are read, and for any other file it is told what to do."""

from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from service.delivery.signing_key import SigningKey
from tests.delivery.signing_keys import KINDS, make_key


def test_an_rsa_key_signs_what_its_record_verifies(tmp_path: Path) -> None:
    key = SigningKey.read("s1", make_key(tmp_path, *KINDS["rsa"]))

    public = load_der_public_key(b64decode(key.record.removeprefix("v=DKIM1; k=rsa; p=")))
    assert isinstance(public, RSAPublicKey)
    public.verify(key.sign(b"data"), b"data", PKCS1v15(), SHA256())
    assert key.algorithm == "rsa-sha256"


def test_an_ed25519_key_signs_the_hash(tmp_path: Path) -> None:
    key = SigningKey.read("s2", make_key(tmp_path, *KINDS["ed25519"]))

    public = Ed25519PublicKey.from_public_bytes(b64decode(key.record.removeprefix("v=DKIM1; k=ed25519; p=")))
    public.verify(key.sign(b"data"), sha256(b"data").digest())
    assert key.algorithm == "ed25519-sha256"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (("RSA", "-pkeyopt", "rsa_keygen_bits:1024"), "of 1024 bits, not of 2048 to 4096"),
        (("EC", "-pkeyopt", "ec_paramgen_curve:prime256v1"), "of another kind than RSA and Ed25519"),
        (("ed25519", "-aes256", "-pass", "pass:secret"), "no private key without a password"),
    ],
)
def test_a_key_that_mails_cannot_be_signed_with_is_told(tmp_path: Path, kind: tuple[str, ...], words: str) -> None:
    file = make_key(tmp_path, *kind)

    with pytest.raises(ValueError, match=f"{words}.*openssl genpkey"):
        SigningKey.read("s1", file)


def test_a_file_that_is_no_key_or_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("nonsense")

    with pytest.raises(ValueError, match=r"x\.pem holds no private key"):
        SigningKey.read("s1", tmp_path / "x.pem")
    with pytest.raises(ValueError, match=r"y\.pem cannot be read: No such file"):
        SigningKey.read("s1", tmp_path / "y.pem")


def test_a_key_shows_nothing_secret(tmp_path: Path) -> None:
    key = SigningKey.read("s1", make_key(tmp_path, *KINDS["ed25519"]))

    assert repr(key) == f"SigningKey(selector='s1', kind='ed25519', public='{key.public}')"
