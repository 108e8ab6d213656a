"""Signing a mail of 17 KB, against dkimpy; then how much signing slows down the whole mail path."""

import asyncio
from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory

import dkim  # type: ignore[import-untyped]
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from service.delivery.signing import Signer
from service.delivery.signing_key import SigningKey
from tests.benchmarks.measure import best_of, report
from tests.benchmarks.office import deliver, open_ledger
from tests.benchmarks.postfix import is_there, run_sink
from tests.store.season import DAY_BEFORE

__all__ = ["run"]

_DOMAIN = "example.org"
_ONES, _MAILS, _CONNECTIONS, _ROUNDS = 20, 2_000, 10, 2
_FIELDS = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-Unsubscribe")


def run() -> None:
    """RSA and Ed25519, alone and together; the second part needs Postfix's smtp-sink."""
    with TemporaryDirectory() as folder:
        rsa = generate_private_key(65537, 2048).private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        )
        short = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        keys = []
        for name, pem in (("rsa", rsa), ("ed25519", short)):
            file = Path(folder) / name
            file.write_bytes(pem)
            keys.append(SigningKey.read(name, file))
    signers = {"RSA": Signer(_DOMAIN, keys[:1]), "Ed25519": Signer(_DOMAIN, keys[1:]), "both": Signer(_DOMAIN, keys)}
    _compare_one(signers, rsa)
    _compare_all(signers)


def _compare_one(signers: dict[str, Signer], pem: bytes) -> None:
    head = b"".join(b"%s: something that is there\r\n" % field.encode() for field in _FIELDS)
    mail = head + b"\r\n" + b"\r\n".join(b64encode(b"x" * 57) for _ in range(17_000 // 78)) + b"\r\n"

    def with_dkimpy() -> None:
        for _ in range(_ONES):
            dkim.sign(mail, b"rsa", _DOMAIN.encode(), pem, canonicalize=(b"relaxed", b"relaxed"))

    def with_ours(signer: Signer) -> None:
        for _ in range(_ONES):
            signer.sign(mail, DAY_BEFORE)

    theirs, *ours = best_of(with_dkimpy, *(lambda signer=signer: with_ours(signer) for signer in signers.values()))
    for name, took in zip(signers, ours, strict=True):
        report(f"sign one mail, {name}", took / _ONES, theirs / _ONES, "dkimpy with RSA")


def _compare_all(signers: dict[str, Signer]) -> None:
    if not is_there():
        print("the whole mail path, signed: skipped, for Postfix is not installed")
        return
    best: dict[str, float] = {}
    with run_sink() as port:
        for _ in range(_ROUNDS):
            for name, signer in {"unsigned": None, **signers}.items():
                best[name] = max(best.get(name, 0), _MAILS / _deliver(port, signer))
    for name, rate in best.items():
        print(f"the whole mail path, {name}: {rate:,.0f} mails a second ({rate / best['unsigned']:.2f} of unsigned)")


def _deliver(port: int, signer: Signer | None) -> float:
    with open_ledger(_MAILS) as database, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(deliver(database, port, _CONNECTIONS, signer))
