"""Networks: what limits count by, and whom they believe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.network import tell_network


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:23ff::5", "2001:db8:1:2300::/56"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("", "unknown"),
        ("testclient", "unknown"),
    ],
)
def test_neighbours_count_as_one(peer: str, network: str) -> None:
    assert tell_network(peer, (), trusted_proxies=0) == network


@given(st.lists(st.text(), max_size=5))
def test_without_proxies_nobody_can_invent_an_address(forwarded: list[str]) -> None:
    assert tell_network("203.0.113.9", forwarded, trusted_proxies=0) == "203.0.113.0/24"


@given(st.lists(st.text(), max_size=5))
def test_behind_a_proxy_only_what_the_proxy_wrote_counts(invented: list[str]) -> None:
    assert tell_network("10.0.0.1", [*invented, "198.51.100.7"], trusted_proxies=1) == "198.51.100.0/24"


@pytest.mark.parametrize("written", ["198.51.100.7", " 198.51.100.7 ", "198.51.100.7:5123", "[2001:db8::1]:443"])
def test_proxies_may_add_a_port(written: str) -> None:
    assert tell_network("10.0.0.1", [written], trusted_proxies=1) in ("198.51.100.0/24", "2001:db8::/56")


def test_two_proxies_in_a_row_are_counted_from_the_right() -> None:
    assert tell_network("10.0.0.1", ["6.6.6.6", "198.51.100.7", "10.0.0.2"], trusted_proxies=2) == "198.51.100.0/24"


def test_a_proxy_that_says_nothing_counts_itself() -> None:
    assert tell_network("10.0.0.1", (), trusted_proxies=1) == "10.0.0.0/24"
