"""What the sources' tests share: reaches that end at this machine, a clock that is turned by hand, a certificate."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class HandClock:
    """Seconds that pass when they are told to."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for season.example and 127.0.0.1, and TLS contexts of both sides made of it."""

    file: Path
    key: Path

    def serve(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate of the test server")
    folder = tmp_path_factory.mktemp("certificate")
    certificate = Certificate(folder / "certificate.pem", folder / "key.pem")
    subject = ["-subj", "/CN=season.example", "-addext", "subjectAltName=DNS:season.example,IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-x509", "-days", "2"]
    files = ["-keyout", str(certificate.key), "-out", str(certificate.file)]
    subprocess.run([openssl, "req", *kind, *subject, *files], check=True, capture_output=True)
    return certificate
