"""Proxies: what a request says of its client if one of ours passed it on, and what its connection says if none did."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.types import Scope

from pathshala_api.plain_route import headers

Network = IPv4Network | IPv6Network

HOST_BITS = 64
"""The last bits of an IPv6 address: whoever has one address has all that differ in these alone."""


class Proxies:
    """Believes the headers of proxies in these networks, and of nobody else."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks

    def address(self, scope: Scope) -> str:
        """Give the address of the client: the last that no proxy of ours has."""
        address = _peer(scope)
        if not self._is_ours(address):
            return address
        passed = b",".join(headers(scope, b"x-forwarded-for")).decode("latin-1").split(",")
        while passed and self._is_ours(address):
            address = passed.pop().strip() or address
        return address

    def place(self, scope: Scope) -> str:
        """Give what stands for a client where it is counted: its address, or of IPv6 the network that one host has."""
        text = self.address(scope)
        try:
            address = ip_address(text)
        except ValueError:
            return text
        if isinstance(address, IPv4Address):
            return str(address)
        mapped = address.ipv4_mapped
        return str(mapped or IPv6Address(int(address) >> HOST_BITS << HOST_BITS))

    def is_https(self, scope: Scope) -> bool:
        """Whether the client came by HTTPS."""
        if self._is_ours(_peer(scope)) and (said := headers(scope, b"x-forwarded-proto")):
            return said[-1].strip().lower() == b"https"
        return bool(scope["scheme"] == "https")

    def _is_ours(self, text: str) -> bool:
        if not self._networks:
            return False
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""
