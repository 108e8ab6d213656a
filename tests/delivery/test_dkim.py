"""DKIM: the relaxed form is as RFC 6376 has it, all that matters is signed, and the signature is well written."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from dkim.canonicalization import Relaxed  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.dkim import Promise, Signed, relax_body, relax_field, write_signature

PROMISE = Promise("example.org", "s1", "rsa-sha256")
AT = datetime(2026, 3, 4, 19, 0, 0, 900, tzinfo=UTC)
MAIL = (
    b"From: Bell <bell@example.org>\r\n"
    b"To: reader@example.org\r\n"
    b"Subject: =?utf-8?b?7JWI?=\r\n =?utf-8?b?64WV?=\r\n"
    b"List-Unsubscribe: <https://bell.example.org/unsubscribe/x>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"X-Other: of no concern\r\n"
    b"\r\n"
    b"Hello\r\n"
)
TWICE = b"to:subject:date:message-id:mime-version:content-type"


def test_the_example_of_the_rfc_is_relaxed_as_it_says() -> None:
    """RFC 6376 3.4.5."""
    assert relax_field(b"A: X\r\n") + relax_field(b"B : Y\t\r\n\tZ  \r\n") == b"a:X\r\nb:Y Z\r\n"
    assert relax_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"


@pytest.mark.parametrize(
    ("body", "relaxed"), [(b"", b""), (b"\r\n\r\n", b""), (b" \r\n", b""), (b"a", b"a\r\n"), (b"a ", b"a\r\n")]
)
def test_an_empty_end_does_not_count(body: bytes, relaxed: bytes) -> None:
    assert relax_body(body) == relaxed


@given(st.lists(st.text(alphabet=" \tab:", max_size=12)))
def test_bodies_are_relaxed_as_another_program_does_it(lines: list[str]) -> None:
    body = "".join(f"{line}\r\n" for line in lines).encode()

    theirs = bytes(Relaxed.canonicalize_body(body))
    assert relax_body(body) == (b"" if theirs == b"\r\n" else theirs)


@given(st.text(alphabet="abC-", min_size=1), st.lists(st.text(alphabet=" \tab:<>", max_size=9), min_size=1))
def test_fields_are_relaxed_as_another_program_does_it(name: str, lines: list[str]) -> None:
    value = "\r\n ".join(lines).encode()

    [(theirs, words)] = Relaxed.canonicalize_headers([(name.encode(), value + b"\r\n")])
    assert relax_field(name.encode() + b":" + value + b"\r\n") == theirs + b":" + words


def test_what_matters_is_signed_and_nobody_can_add_another() -> None:
    signed = Signed.of(MAIL)

    assert signed.names == b"from:to:subject:list-unsubscribe:list-unsubscribe-post:from:" + TWICE
    assert signed.fields.splitlines()[2:] == [
        b"subject:=?utf-8?b?7JWI?= =?utf-8?b?64WV?=",
        b"list-unsubscribe:<https://bell.example.org/unsubscribe/x>",
        b"list-unsubscribe-post:List-Unsubscribe=One-Click",
    ]
    assert signed.body_hash == b64encode(hashlib.sha256(b"Hello\r\n").digest())


def test_a_field_that_is_there_twice_is_signed_from_the_last() -> None:
    signed = Signed.of(b"Cc: one\r\nFrom: x\r\nCc: two\r\n\r\n")

    assert signed.fields == b"from:x\r\ncc:two\r\ncc:one\r\n"
    assert signed.names.startswith(b"from:cc:cc:from:")


def test_the_signature_covers_the_fields_and_itself_without_its_value() -> None:
    covered: list[bytes] = []

    def sign(data: bytes) -> bytes:
        covered.append(data)
        return bytes(range(256))

    signed = Signed.of(MAIL)
    field = write_signature(signed, PROMISE, AT, sign)

    head, _, value = field.partition(b" b=")
    assert b"".join(value.split()) == b64encode(bytes(range(256)))
    assert covered == [signed.fields + relax_field(head + b" b=").removesuffix(b"\r\n")]
    assert b" t=1772650800;" in head
    assert b"x=" not in head
    assert b"i=" not in head.replace(b"list-", b"")


def test_its_lines_are_short() -> None:
    long = b"".join(b"%s: x\r\n" % name for name in Signed.of(MAIL).names.split(b":")) * 5

    field = write_signature(Signed.of(long + b"\r\n"), PROMISE, AT, lambda data: data)

    assert max(map(len, field.split(b"\r\n"))) <= 78
    assert field.endswith(b"\r\n")
    assert all(line.startswith(b" ") for line in field.split(b"\r\n")[1:-1])
