"""Which names a server is reached by, and whose pages may write to it."""

from __future__ import annotations

import pytest

from citycontext.web.hosts import AllowedHosts, is_foreign_origin


@pytest.mark.parametrize(
    ("listens_on", "allowed", "host", "is_in"),
    [
        ("127.0.0.1", (), "localhost:1026", True),
        ("127.0.0.1", (), "LOCALHOST.", True),
        ("127.0.0.1", (), "a.localhost", True),
        ("127.0.0.1", (), "127.0.0.1", True),
        ("127.0.0.1", (), "127.8.0.1:80", True),
        ("127.0.0.1", (), "[::1]:1026", True),
        ("127.0.0.1", (), "evil.example", False),
        ("127.0.0.1", (), "localhost.evil.example", False),
        ("127.0.0.1", (), "127.0.0.1.evil.example", False),
        ("127.0.0.1", (), "10.0.0.5:1026", False),
        ("127.0.0.1", (), "", False),
        ("127.0.0.1", (), None, False),
        ("127.0.0.1", ("broker",), "broker:1026", True),
        ("127.0.0.1", (".gent.example",), "a.gent.example", True),
        ("127.0.0.1", (".gent.example",), "agent.example", False),
        ("127.0.0.1", ("*",), "anything", True),
        ("10.0.0.5", (), "10.0.0.5:1026", True),
        ("10.0.0.5", (), "10.0.0.6:1026", False),
        ("::1", (), "[::1]", True),
        ("0.0.0.0", (), "10.0.0.5:1026", True),
        ("::", (), "[2001:db8::1]:1026", True),
        ("0.0.0.0", (), "evil.example", False),
        ("myhost", (), "MyHost:1026", True),
    ],
)
def test_hosts(listens_on: str, allowed: tuple[str, ...], host: str | None, is_in: bool) -> None:
    """Names of the machine, the address that is listened on and what is allowed are in; a rebound name is not."""
    assert (host in AllowedHosts(listens_on, allowed)) is is_in


@pytest.mark.parametrize(
    ("origin", "allowed", "is_foreign"),
    [
        ("http://localhost:1026", (), False),
        ("http://localhost:8080", (), True),
        ("http://evil.example", (), True),
        ("https://map.example", ("https://map.example",), False),
        ("https://map.example", ("*",), False),
        ("null", (), True),
        ("file://localhost:1026", (), True),
        ("http://[", (), True),
    ],
)
def test_origins(origin: str, allowed: tuple[str, ...], is_foreign: bool) -> None:
    """Pages of the server itself and of allowed origins may write; others, and pages without an origin, may not."""
    assert is_foreign_origin(origin, "localhost:1026", allowed) is is_foreign
