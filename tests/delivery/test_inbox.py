"""The inbox, read from a real IMAP server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from service.delivery.inbox import Inbox, InboxTrouble
from service.delivery.relay import Security
from service.delivery.returned import LARGEST
from tests.delivery.conftest import Certificate
from tests.delivery.dovecot import Dovecot, run_dovecot


@pytest.fixture
def dovecot(certificate: Certificate) -> Iterator[Dovecot]:
    with run_dovecot(certificate) as server:
        yield server


def test_a_mailbox_is_read_and_put_away(dovecot: Dovecot, certificate: Certificate) -> None:
    dovecot.deliver(b"Subject: one\n\n1\n", b"Subject: two\n\n2\n", b"Subject: three\n\n" + b"3\n" * LARGEST)

    for security in Security:  # each takes care of one
        with dovecot.inbox(security).open(certificate.trust()) as mailbox:
            uid, *others = mailbox.list_new(most=3)
            content = mailbox.read(uid)
            mailbox.put_away(uid, understood=content.startswith(b"Subject: two"))
        assert content.startswith(b"Subject: ")
        assert len(content) <= LARGEST

    assert others == []
    assert (dovecot.count(read=True), dovecot.count(read=False), dovecot.count("Done", read=True)) == (2, 0, 1)


def test_no_more_than_asked_for_are_listed_and_looking_marks_nothing(dovecot: Dovecot) -> None:
    dovecot.deliver(*[b"Subject: x\n\n"] * 5)

    with dovecot.inbox().open() as mailbox:
        assert len(mailbox.list_new(most=3)) == 3
        for uid in mailbox.list_new(most=5):
            mailbox.read(uid)
        assert mailbox.read("999") == b""

    assert dovecot.count(read=False) == 5


def test_without_a_folder_for_them_all_stay_where_they_are(dovecot: Dovecot) -> None:
    dovecot.deliver(b"Subject: x\n\n")

    with dovecot.inbox(done="").open() as mailbox:
        (uid,) = mailbox.list_new(most=5)
        mailbox.put_away(uid, understood=True)

    assert dovecot.count(read=True) == 1


@pytest.mark.parametrize("broken", ["password", "folder", "done", "certificate"])
def test_what_is_wrong_is_told(dovecot: Dovecot, broken: str) -> None:
    dovecot.deliver(b"Subject: x\n\n")
    inbox = {
        "password": dovecot.inbox(password="wrong"),
        "folder": replace(dovecot.inbox(), folder="Nowhere"),
        "done": dovecot.inbox(done="Nowhere"),
        "certificate": dovecot.inbox(Security.TLS),
    }[broken]

    def empty() -> None:
        with inbox.open() as mailbox:
            (uid,) = mailbox.list_new(most=5)
            mailbox.put_away(uid, understood=True)

    with pytest.raises(InboxTrouble, match=r"the mailbox bounces at 127\.0\.0\.1 cannot be read: \S"):
        empty()


def speak(*lines: bytes) -> Inbox:
    """A mailbox at a server that says just this, whatever it is asked, and then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with listener, listener.accept()[0] as line, suppress(OSError):
            line.settimeout(0.5)
            for said in lines:
                line.sendall(said)
                line.recv(4096)

    threading.Thread(target=answer, daemon=True).start()
    port = listener.getsockname()[1]
    return Inbox(host="127.0.0.1", port=port, security=Security.NONE, username="bounces", password="x")


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (b"",),
        (b"220 this is SMTP\r\n",),
        (b"* BYE not today\r\n",),
        (b"* OK hello\r\n", b"garbage\r\n"),
        (b"* OK hello\r\n", b"* " + b"x" * 2_000_000),
        (b"* OK hello\r\n", b"\xff\xfe\r\n"),
        (b"* PREAUTH hello\r\n", b"* CAPABILITY IMAP4\r\n"),
    ],
)
def test_a_server_that_talks_nonsense_is_told_of(lines: tuple[bytes, ...]) -> None:
    with pytest.raises(InboxTrouble, match="cannot be read"), speak(*lines).open():
        pass


def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    gone = Inbox(host="127.0.0.1", port=port, security=Security.NONE, username="bounces", password="x")

    with pytest.raises(InboxTrouble, match="refused"), gone.open():
        pass


def test_a_password_never_goes_over_the_network_in_clear() -> None:
    with pytest.raises(ValueError, match='use "tls"'):
        Inbox(host="imap.example.org", port=143, security=Security.NONE, username="bounces", password="x")


def test_the_password_is_never_printed() -> None:
    assert "hidden" not in repr(
        Inbox(host="localhost", port=143, security=Security.NONE, username="bounces", password="hidden")
    )
