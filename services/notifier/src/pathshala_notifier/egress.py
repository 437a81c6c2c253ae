"""The egress guard: to which addresses a webhook may go. Pure."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

NEVER_PUBLIC = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # at which Azure answers its own machines
            "192.0.0.0/24",  # where Oracle's cloud does
            "192.88.99.0/24",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "3fff::/20",
            "5f00::/16",
        ),
    )
)
"""Networks of special purpose (IANA's registries for RFC 6890) that some Python or other takes for public."""

NAT64 = IPv6Network("64:ff9b::/96")
"""Behind these, a gateway finds an IPv4 address in the last 32 bits (RFC 6052)."""


def may_go_to(address: str, networks: Collection[Network] = (), *, public: bool = True) -> bool:
    """Whether an IP address is of a network that is allowed, or, if that will do, of the public internet."""
    try:
        target = _innermost(ip_address(address))
    except ValueError:
        return False
    return any(target in network for network in networks) or (public and _public(target))


def _innermost(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that an IPv6 one stands for, if it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _public(address: IPv4Address | IPv6Address) -> bool:
    local = isinstance(address, IPv6Address) and address.is_site_local
    special = address.is_multicast or address.is_reserved or address.is_unspecified or local
    return address.is_global and not special and not any(address in network for network in NEVER_PUBLIC)
