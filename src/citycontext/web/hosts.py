"""For whom a request is meant and where it comes from: the headers ``Host`` and ``Origin``, checked by a server.

A web page may make a browser send requests to servers on its own machine and network: to another origin (it cannot read
the answer, but a write is done), or by a name that its owner lets point there (DNS rebinding: then it reads, too).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

__all__ = ["AllowedHosts", "is_foreign_origin"]

_ANY_ADDRESS: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  (compared with, not listened on)


class AllowedHosts:
    """The names and addresses that requests may come by: this machine's own, what is listened on, and what is added.

    Args:
        listens_on: The address that is listened on. For all addresses of the machine, requests may come by any IP
            address, as no foreign name leads to one, but by no further name.
        allowed: Further names, ``.example.org`` with all below it; ``*`` for all.
    """

    def __init__(self, listens_on: str, allowed: Iterable[str] = ()) -> None:
        self._any_address = listens_on in _ANY_ADDRESS
        names = [_bare(one) for one in (listens_on, *allowed)]
        self._names = frozenset(names)
        self._endings = tuple(one for one in names if one.startswith("."))

    def __contains__(self, header: object) -> bool:
        """Return whether a request with this header ``Host`` is meant for this server."""
        if "*" in self._names:
            return True
        if not isinstance(header, str):
            return False
        name = _bare(header)
        if name in self._names or name == "localhost" or name.endswith((".localhost", *self._endings)):
            return bool(name)
        try:
            address = ip_address(name)
        except ValueError:
            return False
        return self._any_address or address.is_loopback


def is_foreign_origin(origin: str, host: str, allowed: Sequence[str]) -> bool:
    """Return whether a request comes from a web page that may not write here.

    Args:
        origin: The header ``Origin``.
        host: The header ``Host``, which was found to be allowed: the server's own pages have it as their origin.
        allowed: Origins whose pages may; ``*`` for all.
    """
    if "*" in allowed or origin in allowed:
        return False
    try:
        parts = urlsplit(origin)
    except ValueError:
        return True
    return parts.scheme not in ("http", "https") or parts.netloc.lower() != host.lower()


def _bare(host: str) -> str:
    """Return a host without its port, in small letters."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rstrip(".") if host.count(":") > 1 else host.partition(":")[0].rstrip(".")
