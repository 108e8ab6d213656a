from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.messages.header import clean_header, encode_domain, write_mailbox, write_text, write_token

HOSTILE = [
    "\r\nBcc: evil@example.org",
    "a\nb",
    "a\x00b",
    "\u2028X: y",
    "\x85X: y",
    "\u202eabc",
    "\ud800",
]
ANY_TEXT = st.one_of(
    st.text(max_size=250), st.sampled_from([*HOSTILE, "=?utf-8?b?QQ==?="]), st.text('가나 =?a"\\,<>@.', max_size=120)
)


def read(header: bytes) -> EmailMessage:
    return message_from_bytes(header + b"\r\n", policy=policy.SMTP)


def assert_well_formed(header: bytes, name: str) -> None:
    lines = header.split(b"\r\n")
    assert lines.pop() == b""
    assert header.isascii()
    assert lines[0].startswith(name.encode() + b": ")
    assert all(line.startswith(b" ") and line.strip() for line in lines[1:])
    assert not any(ord(character) < 32 for line in lines for character in line.decode())
    for line in lines:
        if b"=?utf-8?b?" in line:
            assert len(line) <= 76
            assert all(len(word) <= 75 for word in line.split() if word.startswith(b"=?"))


@given(ANY_TEXT)
@example("가" * 200)
@example("a" * 200)
@example("word " * 40)
def test_any_text_is_read_back_as_the_one_line_it_is(text: str) -> None:
    header = write_text("Subject", text)

    message = read(header)

    assert_well_formed(header, "Subject")
    assert message.keys() == ["Subject"]
    assert message["Subject"] == clean_header(text)


@given(ANY_TEXT)
@example('A "quoted" \\ name')
@example("홍길동 " * 12)
@example("Kim, Reader")
@example("a" * 200)
def test_any_display_name_is_read_back_beside_its_address(name: str) -> None:
    header = write_mailbox("Reply-To", "gil@example.org", name)

    message = read(header)

    assert_well_formed(header, "Reply-To")
    assert message.keys() == ["Reply-To"]
    assert [address.addr_spec for address in message["Reply-To"].addresses] == ["gil@example.org"]
    # Not by `addresses`: Python 3.11 puts blanks between adjacent encoded words, against RFC 2047 6.2.
    display_name, _ = parseaddr(message_from_bytes(header)["Reply-To"])
    assert str(make_header(decode_header(display_name))) == clean_header(name)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=900))
@example("<https://bell.example.org/" + "x" * 800 + ">")
def test_a_token_stays_unbroken_however_long_it_is(token: str) -> None:
    header = write_token("List-Unsubscribe", token)

    assert header == f"List-Unsubscribe: {token}\r\n".encode()


@settings(max_examples=50)
@given(st.text(min_size=1), st.integers(0, 30))
def test_a_token_with_anything_but_printable_ascii_is_refused(text: str, place: int) -> None:
    token = "x" * place + text + "\n"

    with pytest.raises(ValueError, match="Message-ID cannot be"):
        write_token("Message-ID", token)


def test_a_token_is_described_by_its_phrase() -> None:
    message = read(write_token("List-Id", "<reading.example.org>", "함께 읽는 논문, 둘"))

    assert message["List-Id"] == "함께 읽는 논문, 둘 <reading.example.org>"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cleaned_header_is_one_line_without_controls(text: str) -> None:
    cleaned = clean_header(text)

    assert cleaned.isprintable()


def test_a_cleaned_header_is_composed_and_at_most_200_characters_long() -> None:
    assert clean_header("e\u0301") == "é"
    assert clean_header("가" * 300) == "가" * 199 + "…"


def test_a_domain_is_written_in_ascii() -> None:
    assert encode_domain("한글.kr") == "xn--bj0bj06e.kr"
    assert encode_domain("Example.ORG") == "example.org"
    assert write_mailbox("To", "gil@한글.kr") == b"To: gil@xn--bj0bj06e.kr\r\n"


@pytest.mark.parametrize(
    "domain", ["", ".", "a..b", "-a.org", "a_b.org", "a b", "a" * 64 + ".org", "ex\nample.org", "x.org\n"]
)
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="is no domain"):
        encode_domain(domain)


@pytest.mark.parametrize(
    "address",
    ["", "gil", "@example.org", "gil@", "길동@example.org", '"a b"@example.org', "a..b@example.org", "a@b@example.org",
     "a\r\nBcc:b@example.org", "a>b@example.org", "a,b@example.org", "x" * 65 + "@example.org"],
)  # fmt: skip
def test_an_address_that_plain_mail_cannot_carry_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|domain"):
        write_mailbox("To", address)
