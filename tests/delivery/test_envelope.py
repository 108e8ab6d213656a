import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.delivery.envelope import Envelope, find_fault

GOOD = Envelope("bell@example.org", "ann@example.org", (b"Subject: hi\r\n\r\nbody\r\n",))


def test_a_plain_mail_has_no_fault() -> None:
    assert find_fault(GOOD) == ""


def test_the_null_sender_is_fine_but_a_recipient_is_needed() -> None:
    assert find_fault(GOOD._replace(sender="")) == ""
    assert "recipient" in find_fault(GOOD._replace(recipient=""))


@pytest.mark.parametrize(
    "character", ["\r", "\n", "\0", " ", "<", ">", "\t", "\x0b", "\x7f", "\x85", "\u2028", "\u202e"]
)
@pytest.mark.parametrize("role", ["sender", "recipient"])
def test_what_could_end_a_command_is_kept_off_the_wire(character: str, role: str) -> None:
    hostile = f"ann{character}x@example.org"
    envelope = Envelope(**{"sender": GOOD.sender, "recipient": GOOD.recipient, role: hostile}, blocks=GOOD.blocks)
    assert role in find_fault(envelope, smtputf8=True)


@pytest.mark.parametrize("address", ["ann", "@example.org", "ann@", f"{'a' * 65}@example.org", f"a@{'b' * 260}.org"])
def test_what_is_no_address_is_kept_off_the_wire(address: str) -> None:
    assert "recipient" in find_fault(GOOD._replace(recipient=address))


def test_a_korean_local_part_needs_smtputf8() -> None:
    envelope = GOOD._replace(recipient="길동@example.org")
    assert "SMTPUTF8" in find_fault(envelope)
    assert find_fault(envelope, smtputf8=True) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a\nb\r\n",
        b"a\rb\r\n",
        b"a\n.\nMAIL FROM:<x@example.org>\r\n",
        b"a\r.\r\r\n",
        b"a\r\r\nb\r\n",
        b"a\0b\r\n",
        "가\r\n".encode(),
        b"x" * 999 + b"\r\n",
        b"a\r\nb",
        b"y" * 600,
        b"z\r\n" * 600 + b"a\nb\r\n",
    ],
)
def test_content_that_is_not_short_crlf_lines_of_ascii_is_kept_off_the_wire(content: bytes) -> None:
    assert "content" in find_fault(GOOD._replace(blocks=(content,)))


def test_lines_of_998_characters_may_pass() -> None:
    assert find_fault(GOOD._replace(blocks=(b"x" * 998 + b"\r\n" + b"y" * 998 + b"\r\n",))) == ""


@settings(max_examples=300)
@given(st.text(max_size=40))
def test_no_address_that_passes_can_break_out_of_its_command(address: str) -> None:
    if not find_fault(GOOD._replace(recipient=address), smtputf8=True):
        command = f"RCPT TO:<{address}>".encode()
        assert len(command.splitlines()) == 1
        assert command.count(b">") == command.count(b"<") == 1
        assert min(command) >= 0x20
