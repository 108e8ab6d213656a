"""A real mail server on loopback: Postfix with STARTTLS and a login, which puts what it takes into a Maildir.

It has its own settings, queue and log in a folder of its own, needs root as every Postfix does, and ends by itself.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from tests.mail.judges import demand, miss

__all__ = ["PASSWORD", "USERNAME", "Postfix", "run_postfix"]

USERNAME: Final = "bell"
PASSWORD: Final = "correct horse"
_REALM: Final = "mail.example.org"
_LONGEST: Final = 120  # seconds, after which it ends whatever happens
_NOBODY: Final = 65534
_QUEUE: Final = (
    "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "pid", "private",
    "public", "saved", "trace",
)  # fmt: skip
_ON_THE_WAY: Final = ("maildrop", "incoming", "active", "deferred", "hold")

_MAIN: Final = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = {realm}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
alias_maps =
smtpd_tls_cert_file = {folder}/certificate.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = {folder}/sasl
smtpd_sasl_local_domain = {realm}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtputf8_enable = no
virtual_mailbox_domains = example.org, example.net
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:reader/
virtual_uid_maps = static:{nobody}
virtual_gid_maps = static:{nobody}
default_transport = error:nothing leaves this machine
"""

# service type private unpriv chroot wakeup maxproc command
_MASTER: Final = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

_SASL: Final = """
pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN
sasldb_path: {folder}/sasldb2
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """The running server: its port, and the certificate by which it is known."""

    port: int
    certificate: Path
    folder: Path

    @property
    def arrived(self) -> list[bytes]:
        """The mails in the reader's Maildir as they were delivered, the oldest first."""
        new = self.folder / "mail/reader/new"
        files = sorted(new.iterdir(), key=lambda file: file.stat().st_mtime_ns) if new.is_dir() else []
        return [file.read_bytes() for file in files]

    @property
    def log(self) -> str:
        """What it wrote about its work."""
        log = self.folder / "log"
        return log.read_text("utf-8") if log.exists() else ""

    def deliver(self, *, seconds: float = 20) -> list[bytes]:
        """What has arrived once nothing that it took is on its way any more."""
        until = time.monotonic() + seconds
        while any(path.is_file() for name in _ON_THE_WAY for path in (self.folder / "queue" / name).rglob("*")):
            assert time.monotonic() < until, f"a mail stays on its way\n{self.log}"
            time.sleep(0.05)
        return self.arrived


@contextmanager
def run_postfix() -> Iterator[Postfix]:
    """Postfix, as long as the context lasts."""
    master = _find_master()
    folder = Path(mkdtemp(prefix="studybell-postfix-"))  # its users have to get in, which pytest's folders refuse
    try:
        server = _prepare(folder)
        command = [master, "-c", str(folder), "-d", "-e", str(_LONGEST)]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            _await_greeting(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(10)
    finally:
        shutil.rmtree(folder)


def _find_master() -> str:
    if os.geteuid() != 0:
        miss("Postfix runs as root only")
    demand("saslpasswd2", "sasl2-bin libsasl2-modules")
    postconf = demand("postconf", "postfix")
    done = subprocess.run([postconf, "-d", "-h", "daemon_directory"], capture_output=True, text=True, check=True)
    return str(Path(done.stdout.strip()) / "master")


def _prepare(folder: Path) -> Postfix:
    folder.chmod(0o755)
    for name in ("data", "mail", "queue", "sasl", *(f"queue/{name}" for name in _QUEUE)):
        (folder / name).mkdir()
        shutil.chown(folder / name, "root" if name in ("queue", "queue/pid", "sasl") else "postfix")
    os.chown(folder / "mail", _NOBODY, _NOBODY)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    words = {"folder": folder, "port": port, "realm": _REALM, "nobody": _NOBODY}
    for file, text in (("main.cf", _MAIN), ("master.cf", _MASTER), ("sasl/smtpd.conf", _SASL)):
        (folder / file).write_text(text.format(**words), "utf-8")
    _make_certificate(folder)
    _make_login(folder / "sasldb2")
    return Postfix(port, folder / "certificate.pem", folder)


def _make_certificate(folder: Path) -> None:
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-x509", "-days", "2"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    openssl = demand("openssl", "openssl")
    subprocess.run([openssl, "req", *kind, *subject, *files], check=True, capture_output=True)


def _make_login(file: Path) -> None:
    command = [demand("saslpasswd2", "sasl2-bin"), "-p", "-c", "-u", _REALM, "-f", str(file), USERNAME]
    subprocess.run(command, input=PASSWORD.encode(), check=True, capture_output=True)
    shutil.chown(file, "postfix")


def _await_greeting(server: Postfix, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            with socket.create_connection(("127.0.0.1", server.port), 5) as line:
                assert line.recv(100).startswith(b"220 "), server.log
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Postfix does not start\n{server.log}") from None
            time.sleep(0.05)
