"""A real IMAP server for tests: Dovecot with a configuration and ports of its own, until the test is over."""

import grp
import mailbox
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from service.delivery.inbox import Inbox
from service.delivery.relay import Security
from tests.delivery.conftest import Certificate

__all__ = ["PASSWORD", "Dovecot", "run_dovecot"]

PASSWORD = r'a "quoted\" word'
_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {internal}
disable_plaintext_auth = no
{tls}
mail_location = maildir:{folder}/mail
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={user_group} home={folder}/home
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Done {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server with the mailbox of "bounces"; it has the folders INBOX and Done."""

    folder: Path
    port: int
    tls_port: int
    owner: tuple[int, int]

    def inbox(self, security: Security = Security.NONE, *, password: str = PASSWORD, done: str = "Done") -> Inbox:
        return Inbox(
            host="127.0.0.1",
            port=self.tls_port if security is Security.TLS else self.port,
            security=security,
            username="bounces",
            password=password,
            done=done,
        )

    def deliver(self, *contents: bytes) -> None:
        """Let these mails arrive."""
        box = mailbox.Maildir(self.folder / "mail")
        for content in contents:
            box.add(content)
        self._give_away()

    def count(self, folder: str = "", *, read: bool) -> int:
        """How many mails are in a folder (empty: the inbox) that are marked as read, or are not."""
        place = self.folder / "mail" / (f".{folder}" if folder else "")
        files = [file for part in ("cur", "new") for file in place.glob(f"{part}/*")]
        return sum(("S" in file.name.rpartition(":2,")[2]) is read for file in files)

    def _give_away(self) -> None:
        for place in (self.folder / "mail", *(self.folder / "mail").rglob("*")):
            os.chown(place, *self.owner)


@contextmanager
def run_dovecot(certificate: Certificate | None = None) -> Iterator[Dovecot]:
    """A server of our own for as long as the context lasts. Without a certificate it does no
    TLS. Without Dovecot the test is skipped, but not in CI."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if program is None and not os.environ.get("CI"):
        pytest.skip("Dovecot is not installed (Debian: dovecot-imapd)")
    assert program, "Dovecot is not installed (Debian: dovecot-imapd)"
    with TemporaryDirectory(prefix="bell-", dir="/tmp") as name:
        folder = Path(name)
        server = _prepare(folder, certificate)
        with subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")], stderr=subprocess.PIPE) as process:
            try:
                _wait_for(server, process)
                yield server
            finally:
                process.terminate()
                process.wait(20)


def _prepare(folder: Path, certificate: Certificate | None) -> Dovecot:
    folder.chmod(0o755)
    is_root = os.getuid() == 0
    user = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.getuid())
    internal = pwd.getpwnam("dovecot") if is_root else user
    server = Dovecot(folder, _free_port(), _free_port(), (user.pw_uid, user.pw_gid))
    for part in ("mail/new", "mail/cur", "mail/tmp", "home"):
        (folder / part).mkdir(parents=True)
    server._give_away()
    os.chown(folder / "home", *server.owner)
    (folder / "users").write_text(f"bounces:{{PLAIN}}{PASSWORD}\n", "utf-8")
    (folder / "dovecot.conf").write_text(
        _CONFIGURATION.format(
            folder=folder,
            internal=internal.pw_name,
            group=grp.getgrgid(internal.pw_gid).gr_name,
            tls=f"ssl = yes\nssl_cert = <{certificate.file}\nssl_key = <{certificate.key}"
            if certificate
            else "ssl = no",
            user=user.pw_uid,
            user_group=user.pw_gid,
            port=server.port,
            tls_port=server.tls_port,
        )
    )
    return server


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(server: Dovecot, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", server.port), 5) as line:
                if line.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.05)
    log = server.folder / "log"
    said = log.read_text() if log.exists() else ""
    process.terminate()
    pytest.fail(f"Dovecot does not start: {said} {process.communicate()[1].decode()}")
