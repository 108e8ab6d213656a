"""`studybell bounce`: mails that come back are piped to it, and nothing comes back of that."""

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from service.clock import SystemClock
from service.delivery.verp import Verp
from service.store.home import SECRET
from tests.whole.terminal import Call, Said

MAILBOX = "bounces@example.org"


@pytest.fixture
def addressed(season: Path, studybell: Call) -> Path:
    """The folder of a season with a return address and one participant."""
    with (season / "studybell.toml").open("a") as file:
        file.write(f'\n[bounces]\naddress = "{MAILBOX}"\n')
    assert studybell("participants", "add", "hana@example.org", "--confirmed").status == 0
    return season


def pipe(studybell: Call, monkeypatch: pytest.MonkeyPatch, mail: bytes, *words: str) -> Said:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(mail)))
    return studybell("bounce", *words)


def verp(folder: Path) -> Verp:
    return Verp(MAILBOX, (folder / "var" / SECRET).read_bytes())


def test_who_writes_there_is_unsubscribed(addressed: Path, studybell: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = f"From: hana@example.org\nTo: {verp(addressed).leave_address(1, 0)}\nSubject: unsubscribe\n\n".encode()

    said = pipe(studybell, monkeypatch, mail)

    assert (said.status, said.out) == (0, "")
    assert said.err == "studybell: participant=1 unsubscribed: no more mails of season\n"
    assert "unsubscribed" in studybell("participants", "list").out


def test_the_mail_server_may_name_the_recipient(
    addressed: Path, studybell: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail, recipient = b"From: hana@example.org\n\n", verp(addressed).leave_address(1, 0)

    assert "unsubscribed" in pipe(studybell, monkeypatch, mail, "--recipient", recipient).err


@pytest.mark.parametrize("mail", [b"", b"\xff\x00\r\n", b"Subject: hello\n\nworld\n", b"x" * 3_000_000])
def test_whatever_the_mail_says_nothing_comes_back(
    addressed: Path, studybell: Call, monkeypatch: pytest.MonkeyPatch, mail: bytes
) -> None:
    said = pipe(studybell, monkeypatch, mail)

    assert (said.status, said.out) == (0, "")
    assert said.err.startswith("studybell: ignored: ")


def test_a_bounce_of_a_mail_that_never_was_is_ignored(
    addressed: Path, studybell: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = Path(__file__).parents[1] / "delivery" / "returns" / "bounced" / "qmail.eml"
    address = verp(addressed).return_address(1, SystemClock().now())
    mail = sample.read_bytes().replace(b"bounces+TOKEN@example.org", address.encode())

    said = pipe(studybell, monkeypatch, mail)

    assert (said.status, said.err) == (0, "studybell: ignored: delivery=1 came back, but it is not in the ledger\n")


def test_without_an_address_the_mail_server_keeps_the_mail(
    season: Path, studybell: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = pipe(studybell, monkeypatch, b"\n")

    assert said.status == 75
    assert "`address` in [bounces]" in said.err


def test_trouble_of_ours_lets_the_mail_server_try_again(
    addressed: Path, studybell: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pipe(studybell, monkeypatch, b"\n", "--config", "nowhere.toml").status == 75


def test_who_was_suppressed_is_brought_back_by_hand(
    addressed: Path, studybell: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    (addressed / "people.csv").write_text("email,state\ngil@example.org,suppressed\n")
    assert studybell("participants", "import", "people.csv").status == 0
    assert "suppressed" in studybell("participants", "list").out

    assert studybell("participants", "add", "gil@example.org", "--confirmed").status == 0

    assert "suppressed" not in studybell("participants", "list").out
