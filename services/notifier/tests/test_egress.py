from ipaddress import ip_network

import pytest

from pathshala_notifier.egress import may_go_to

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8", "64:ff9b::808:808"]
FORBIDDEN = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2001::1",
    "3fff::1",
    "100::1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a00:1::",
    "localhost",
    "2130706433",
    "",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet_may_be_gone_to(address: str) -> None:
    assert may_go_to(address)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_other_address_may(address: str) -> None:
    assert not may_go_to(address)


def test_a_network_that_is_allowed_may_be_gone_to_however_its_address_is_written() -> None:
    allowed = [ip_network("10.1.0.0/16"), ip_network("fd00:1::/32")]
    assert may_go_to("10.1.2.3", allowed)
    assert may_go_to("::ffff:10.1.2.3", allowed)
    assert may_go_to("fd00:1::7", allowed)
    assert not may_go_to("10.2.0.1", allowed)
    assert not may_go_to("127.0.0.1", allowed)


def test_what_is_not_secret_goes_to_no_public_address() -> None:
    allowed = [ip_network("10.1.0.0/16")]
    assert may_go_to("10.1.2.3", allowed, public=False)
    assert not may_go_to("8.8.8.8", allowed, public=False)
