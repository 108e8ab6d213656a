"""Statuses: the most exact that a refusal allows."""

import pytest

from service.delivery.status import find_status


@pytest.mark.parametrize(
    ("status", "said", "found"),
    [
        ("5.1.1", "smtp; 550 5.7.1 something else", "5.1.1"),
        ("5.0.0", "smtp; 550 5.1.1 <hana@example.net> unknown", "5.1.1"),
        ("", "550-5.1.1 The account that you tried to reach", "5.1.1"),
        ("", "(#5.1.1)", "5.1.1"),
        ("5.1.1 (bad mailbox)", "", "5.1.1"),
        ("5.0.0", "550 User unknown", "5.1.0"),
        ("", "550 no such user here", "5.1.0"),
        ("5.5.0", "The email address hana@example.net does not exist", "5.1.0"),
        ("5.3.0", "존재하지 않는 사용자", "5.1.0"),
        ("4.0.0", "user unknown for now", "4.0.0"),
        ("5.0.0", "554 Transaction failed", "5.0.0"),
        ("", "550 blocked, see https://example.net/5.1.1.2 or 10.5.1.1", ""),
        ("", "550 rejected by host 192.5.1.1", ""),
        ("", "", ""),
        ("nonsense", "nonsense", ""),
    ],
)
def test_what_was_said_counts_where_the_status_says_nothing(status: str, said: str, found: str) -> None:
    assert find_status(status, said) == found


def test_a_long_speech_takes_no_time() -> None:
    assert find_status("5.0.0", "user " * 1_000_000) == "5.0.0"
