"""What came back: bounces, complaints and wishes to leave, in the shapes that mail servers give them."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.returned import LARGEST, Bounced, Complained, Ignored, Leaving, read_returned
from service.delivery.verp import Errand, Token, Verp

NOW = datetime(2026, 12, 8, 10, tzinfo=UTC)
VERP = Verp("bounces@example.org", b"secret of the tests, 32 bytes....")
BOUNCE, LEAVE = VERP.return_address(41, NOW - timedelta(days=2)), VERP.leave_address(7, 3)
CORPUS = Path(__file__).parent / "returns"

STATUSES = {
    "daum-like": "5.1.0",
    "exchange-access-denied": "5.4.1",
    "exchange-not-found": "5.1.10",
    "exim-words-only": "5.1.0",
    "gmail-disabled": "5.2.1",
    "gmail-over-quota": "5.2.2",
    "gmail-unauthenticated": "5.7.26",
    "moved-away": "5.1.6",
    "no-status-at-all": "",
    "postfix-host-not-found": "5.4.4",
    "postfix-null-mx": "5.1.0",
    "postfix-policy": "5.7.1",
    "postfix-queue-expired": "5.4.7",
    "qmail-remote": "5.1.0",
    "yahoo-like": "5.1.0",
}
"""All others say 5.1.1."""


def names(kind: str) -> list[str]:
    return sorted(file.stem for file in (CORPUS / kind).iterdir())


def load(kind: str, name: str) -> bytes:
    content = (CORPUS / kind / f"{name}.eml").read_bytes()
    content = content.replace(b"BOUNCES+UPPER@EXAMPLE.ORG", BOUNCE.upper().encode())
    return content.replace(b"bounces+TOKEN@example.org", BOUNCE.encode()).replace(
        b"bounces+u-LEAVE@example.org", LEAVE.encode()
    )


@pytest.mark.parametrize("name", names("bounced"))
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_bounce_names_its_delivery_and_why(name: str, line_end: bytes) -> None:
    returned = read_returned(load("bounced", name).replace(b"\n", line_end), VERP, NOW)

    assert isinstance(returned, Bounced)
    assert (returned.delivery_id, returned.status) == (41, STATUSES.get(name, "5.1.1"))


@pytest.mark.parametrize("name", names("ignored"))
def test_what_tells_of_no_failure_of_ours_is_ignored(name: str) -> None:
    assert isinstance(read_returned(load("ignored", name), VERP, NOW), Ignored)


@pytest.mark.parametrize("name", names("complained"))
def test_a_complaint_names_what_it_is_about(name: str) -> None:
    returned = read_returned(load("complained", name), VERP, NOW)

    assert isinstance(returned, Complained)
    assert returned.token.number == (7 if returned.token.errand is Errand.LEAVE else 41)


@pytest.mark.parametrize("name", names("leaving"))
def test_who_writes_there_wants_to_leave(name: str) -> None:
    assert read_returned(load("leaving", name), VERP, NOW) == Leaving(7, 3)


def test_the_envelope_alone_is_enough() -> None:
    bare = b"From: hana@example.net\nSubject: unsubscribe\n\n"

    assert isinstance(read_returned(bare, VERP, NOW), Ignored)
    assert read_returned(bare, VERP, NOW, recipient=LEAVE) == Leaving(7, 3)


def test_a_mail_server_may_write_an_envelope_line_before_a_mail_that_it_pipes() -> None:
    piped = b"From MAILER-DAEMON  Tue Dec  8 10:00:00 2026\n" + load("bounced", "postfix-unknown-user")

    assert isinstance(read_returned(piped, VERP, NOW), Bounced)


def test_an_old_bounce_speaks_of_nothing() -> None:
    assert isinstance(read_returned(load("bounced", "qmail"), VERP, NOW + timedelta(days=40)), Ignored)


def test_another_installation_is_not_meant() -> None:
    other = Verp(VERP.mailbox, b"another secret")

    for kind in ("bounced", "complained", "leaving"):
        for name in names(kind):
            assert isinstance(read_returned(load(kind, name), other, NOW), Ignored)


@given(st.binary(max_size=2000))
def test_any_bytes_will_do(content: bytes) -> None:
    assert isinstance(read_returned(content, VERP, NOW), Ignored)


def test_mangled_mails_raise_nothing_and_never_name_others() -> None:
    dice = random.Random(5)
    mails = [load(kind, name) for kind in ("bounced", "ignored", "complained", "leaving") for name in names(kind)]
    for round_ in range(600):
        mail = bytearray(dice.choice(mails))
        for _ in range(dice.randint(1, 12)):
            at = dice.randrange(len(mail))
            match dice.randrange(4):
                case 0:
                    mail[at] = dice.randrange(256)
                case 1:
                    del mail[at : at + dice.randint(1, 40)]
                case 2:
                    mail[at:at] = dice.randbytes(dice.randint(1, 20))
                case _:
                    other = dice.choice(mails)
                    cut = dice.randrange(len(other))
                    mail[at:at] = other[cut : cut + 200]
            mail = mail or bytearray(b"\n")

        returned = read_returned(bytes(mail), VERP, NOW)

        if isinstance(returned, Bounced):
            assert returned.delivery_id == 41, round_
        elif isinstance(returned, Leaving):
            assert returned == Leaving(7, 3), round_
        elif isinstance(returned, Complained):
            assert returned.token in (Token(Errand.LEAVE, 7, 3), VERP.find([BOUNCE], NOW)[0]), round_


def nest(level: str, count: int) -> bytes:
    return "".join(level.format(number) for number in range(count)).encode()


HOSTILE = {
    "boxes in boxes": nest('Content-Type: multipart/mixed; boundary="b{0}"\n\n--b{0}\n', 6000),
    "letters in letters": nest("Content-Type: message/rfc822\n\n", 9000),
    "many parts": b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 40_000,
    "one header": b"To: " + b"bounces+" * 40_000 + b"\n\n",
    "many headers": b"To: x@example.org\n" * 20_000 + b"\n",
    "folded header": b"To:" + b" x\n" * 90_000 + b"\n",
    "many statuses": b'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: message/delivery-status\n\n'
    + b"Action: delayed\n\n" * 20_000,
    "long diagnosis": b'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: message/delivery-status\n\n'
    b"Action: failed\nDiagnostic-Code: " + b"user " * 60_000 + b"\n\n",
    "mailer's blanks": b"From: MAILER-DAEMON\n\n" + b" " * 300_000,
    "mailer's brackets": b"From: MAILER-DAEMON\n\n" + b"<" * 300_000,
    "mailer's addresses": b"From: MAILER-DAEMON\n\n" + b"<a@b.c>: \n" * 30_000,
    "mailer's lines": b"From: MAILER-DAEMON\n\n" + b"\n" * 300_000,
    "encoded words": b"From: MAILER-DAEMON " + b"=?utf-8?q?=61?=" * 20_000 + b"\n\n",
    "strange coding": b"From: MAILER-DAEMON\nContent-Type: text/plain; charset=\xff\xfe\n"
    + b"Content-Transfer-Encoding: base64\n\n"
    + b"====" * 60_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_mails_take_no_time(kind: str) -> None:
    before = perf_counter()

    returned = read_returned(HOSTILE[kind], VERP, NOW)

    assert isinstance(returned, Ignored)
    assert perf_counter() - before < 5


def test_only_the_beginning_of_a_huge_mail_is_looked_at() -> None:
    beginning = load("bounced", "qmail")

    assert isinstance(read_returned(beginning + b"x\n" * 50_000_000, VERP, NOW), Bounced)
    assert isinstance(read_returned(b"X: y\n" * LARGEST + beginning, VERP, NOW), Ignored)
