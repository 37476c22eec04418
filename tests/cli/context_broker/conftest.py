"""Commands against a local context broker on a free port, with connections in an empty folder."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from citycontext.broker import LocalBroker, Server

BINS = [
    {
        "id": "urn:ngsi-ld:Bin:1",
        "type": "Bin",
        "fillingLevel": {"value": 0.4, "observedAt": "2024-01-01T00:00:00Z"},
        "location": {"value": {"type": "Point", "coordinates": [3.72, 51.05]}},
    },
    {"id": "urn:ngsi-ld:Bin:2", "type": "Bin", "fillingLevel": {"value": 0.9}, "name": {"value": "=cmd"}},
]


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """Serve an empty broker, named by CITYCONTEXT_AT; the user's own connections are out of the way."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with Server(LocalBroker(), port=0) as server:
        monkeypatch.setenv("CITYCONTEXT_AT", server.url)
        yield server.url


@pytest.fixture
def piped(
    command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command with a text piped into it."""

    def run(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        done: subprocess.CompletedProcess[str] = command(*arguments)
        return done

    return run


@pytest.fixture
def bins(url: str, piped: Callable[..., Any]) -> str:
    """Put two bins into the broker."""
    lines = "\n".join(json.dumps(one) for one in BINS)
    assert piped(lines, "entities", "upsert").stdout == "2 entities written.\n"
    return url
