"""What a broker warns of is said on stderr by the commands that ask it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from citycontext.broker import LocalBroker, Server


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """Serve a broker with a source that may not be reached."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with Server(LocalBroker(), port=0) as server:
        monkeypatch.setenv("CITYCONTEXT_AT", server.url)
        yield server.url


def test_a_source_that_is_down_is_said_on_stderr(region: str, command: Any, piped: Any) -> None:
    """A list of a region of which a part is missing says so on stderr, and stdout stays what can be piped on."""
    registration = {
        "id": "urn:ngsi-ld:ContextSourceRegistration:kortrijk",
        "type": "ContextSourceRegistration",
        "information": [{"entities": [{"type": "Bin"}]}],
        "endpoint": "http://127.0.0.1:9",
    }
    assert piped(json.dumps(registration), "registrations", "create", "-").returncode == 0
    assert piped('{"id": "urn:a:1", "type": "Bin"}', "entities", "upsert").returncode == 0
    done = command("entities", "list", "--type", "Bin")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["urn:a:1"]
    assert '199 urn:ngsi-ld:ContextSourceRegistration:kortrijk "Miscellaneous Warning"' in done.stderr
    assert done.returncode == 0
    shown = command("entities", "show", "urn:a:1")
    assert "urn:ngsi-ld:ContextSourceRegistration:kortrijk" in shown.stderr
