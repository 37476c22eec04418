"""Which addresses requests may be forwarded to: a list that the operator wrote, empty unless there is one."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from citycontext.errors import ConfigurationError
from citycontext.foreign_text import shown

__all__ = ["Reachable", "origin_of"]

_PORTS: Final = {"http": 80, "https": 443}


class Reachable:
    """Hosts that requests may be forwarded to.

    Args:
        allowed: ``broker.gent.example`` (any port), ``localhost:1027``, an IP address, or a network such as
            ``10.1.0.0/16``. A network allows addresses written as numbers only: what a name resolves to may change
            between the look and the connection.

    Raises:
        ConfigurationError: One is not one of these.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._hosts: set[str] = set()
        self._with_port: set[tuple[str, int]] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        for one in allowed:
            self._add(one.strip())

    def __bool__(self) -> bool:
        return bool(self._hosts or self._with_port or self._networks)

    def allows(self, url: str) -> bool:
        """Return whether a request may go to an address."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme.lower(), 0)
        except ValueError:
            return False
        if not host or not port or parts.username is not None:
            return False
        if host in self._hosts or (host, port) in self._with_port:
            return True
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._networks if network.version == address.version)

    def _add(self, one: str) -> None:
        if "/" in one and "://" not in one:
            try:
                self._networks.append(ip_network(one, strict=False))
            except ValueError:
                raise _refused(one) from None
            return
        try:
            parts = urlsplit(one if "://" in one else f"//{_bracketed(one)}")
            host, port = parts.hostname, parts.port
        except ValueError:
            raise _refused(one) from None
        if not host or parts.path not in ("", "/") or parts.query or parts.username is not None or "*" in host:
            raise _refused(one)
        if port is None and parts.scheme:
            port = _PORTS.get(parts.scheme.lower())
        if port is None:
            self._hosts.add(host.lower())
        else:
            self._with_port.add((host.lower(), port))


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address, as it is compared."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    port = f":{parts.port}" if parts.port and parts.port != _PORTS.get(parts.scheme.lower()) else ""
    return f"{parts.scheme.lower()}://{host}{port}"


def _bracketed(text: str) -> str:
    return f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text


def _refused(one: str) -> ConfigurationError:
    return ConfigurationError(
        f"{shown(one)} names no host",
        key="allow_forwarding",
        cure="write a host (broker.gent.example), a host with a port (localhost:1027) or a network (10.1.0.0/16).",
    )
