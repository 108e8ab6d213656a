"""Which machines may be dialled: those of the public internet, and what the settings name."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sources.guard import is_open, is_public

PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0"]
PUBLIC += ["2606:4700::1111", "2a00:1450:4001::200e", "2400:cb00::1", "64:ff9b::808:808"]

CLOSED = ["0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254"]
CLOSED += [
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
]
CLOSED += ["192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1"]
CLOSED += ["255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8"]
CLOSED += ["::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1"]
CLOSED += ["2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "3fff::1", "5f00::1"]
CLOSED += ["4000::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1"]
CLOSED += ["2606:4700::1111%eth0"]

v4 = st.integers(0, 2**32 - 1).map(IPv4Address)


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_machine_may_be_dialled(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", CLOSED)
def test_no_other_machine_may_be_dialled(text: str) -> None:
    assert not is_public(ip_address(text))


def test_the_settings_may_name_a_network_of_their_own() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    assert is_open(ip_address("10.1.2.3"), allowed)
    assert is_open(ip_address("fd00::1"), allowed)
    assert is_open(ip_address("8.8.8.8"), allowed)
    assert not is_open(ip_address("10.2.0.1"), allowed)
    assert not is_open(ip_address("::ffff:10.1.2.3"), allowed)


@given(v4)
def test_a_public_address_is_global_and_for_one_machine(address: IPv4Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not (address.is_multicast)
        assert not (address.is_private)
        assert not (address.is_reserved)


@given(v4)
def test_an_address_behind_nat64_is_what_it_leads_to(address: IPv4Address) -> None:
    assert is_public(IPv6Address(int(IPv6Address("64:ff9b::")) | int(address))) == is_public(address)


@given(v4, st.integers(0, 2**80 - 1))
def test_an_address_in_another_address_is_closed(address: IPv4Address, rest: int) -> None:
    number = int(address)
    assert not is_public(IPv6Address(0xFFFF << 32 | number))  # mapped
    assert not is_public(IPv6Address(number))  # "compatible"
    assert not is_public(IPv6Address(0x2002 << 112 | number << 80 | rest))  # 6to4
    assert not is_public(IPv6Address(0x20010000 << 96 | number << 64 | rest % 2**64))  # Teredo
