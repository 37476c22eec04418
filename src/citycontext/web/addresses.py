"""Which addresses a document may be fetched from, when its address was given by somebody else."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

__all__ = ["is_public", "resolve"]

_NAT64: Final = IPv6Network("64:ff9b::/96")
_NOT_PUBLIC: Final = (
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv6Network("64:ff9b:1::/48"),  # NAT64 inside of a network
    IPv6Network("fec0::/10"),  # site-local
)


def is_public(text: str) -> bool:
    """Return whether an IP address belongs to the public internet.

    It does not if it is of this machine, of a private or link-local network, multicast, unspecified or reserved; nor if
    it carries an IPv4 address (mapped, NAT64, 6to4) of which that is true.

    Args:
        text: An IPv4 or IPv6 address, with or without a zone.

    Raises:
        ValueError: It is not valid.
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = _carried(address)
        if inner is not None:
            address = inner
    if any(address in network for network in _NOT_PUBLIC if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the IP addresses of a host.

    Args:
        host: A name, or an address.
        port: The port to be connected to.

    Raises:
        OSError: It has none.
    """
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
