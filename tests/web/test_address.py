"""Addresses as typed."""

import pytest

from service.web.address import BadAddress, read_address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("reader@example.org", "reader@example.org"),
        ("Reader@EXAMPLE.org", "Reader@example.org"),
        ("reader+season4@example.org", "reader+season4@example.org"),
        ("gil@한글.kr", "gil@xn--bj0bj06e.kr"),
    ],
)
def test_an_address_is_taken_in_the_form_mail_is_sent_to(typed: str, address: str) -> None:
    assert read_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "", "reader", "reader@", "@example.org", "a b@example.org", "길동@example.org", "Reader <r@example.org>",
        "r@example.org, s@example.org", "r@localhost", "r@[127.0.0.1]", "r\r\nBcc: s@example.org@example.org",
        f"{'r' * 65}@example.org",
    ],
)  # fmt: skip
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(BadAddress):
        read_address(typed)
