"""``citycontext entities export|import``, ``copy`` and ``diff``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from citycontext import Client
from citycontext.broker import LocalBroker, Server


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_export_and_import(bins: str, command: Any, tmp_path: Path) -> None:
    """A broker goes to a file and back; a dry run says that all is equal; diff agrees."""
    assert command("entities", "export", "city.ndjson").stdout.startswith("2 entities written, 0 refused")
    assert command("entities", "import", "city.ndjson", "--dry-run").stdout == (
        "0 would be created, 0 changed, 2 are equal.\n"
    )
    same = command("diff", bins, "city.ndjson")
    assert (same.returncode, same.stderr) == (0, "0 missing, 0 extra, 0 changed\n")
    assert command("entities", "update", "urn:ngsi-ld:Bin:1", "fillingLevel=0.1").returncode == 0
    other = command("diff", bins, "city.ndjson")
    assert other.returncode == 1
    assert json.loads(other.stdout) == {"kind": "changed", "id": "urn:ngsi-ld:Bin:1", "attributes": "fillingLevel"}
    assert command("entities", "import", "city.ndjson").returncode == 0
    assert command("diff", bins, "city.ndjson").returncode == 0
    lines = command("entities", "export", "-").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["urn:ngsi-ld:Bin:1", "urn:ngsi-ld:Bin:2"]


def test_copy_takes_subscriptions_and_registrations_along(bins: str, command: Any) -> None:
    """Entities, subscriptions and registrations of one broker are in the other one afterwards, once."""
    with Server(LocalBroker(), port=0) as server, Client(bins) as source, Client(server.url) as target:
        source.subscriptions.create(
            {
                "id": "urn:ngsi-ld:Subscription:1",
                "type": "Subscription",
                "entities": [{"type": "Bin"}],
                "notification": {"endpoint": {"uri": "http://localhost:9/"}},
            }
        )
        arguments = ("copy", "--from", bins, "--to", server.url, "--subscriptions", "--registrations")
        dry = command(*arguments, "--dry-run")
        assert "2 would be created" in dry.stdout
        assert target.entities.query("Bin").count() == 0
        for _ in range(2):
            done = command(*arguments)
            assert done.returncode == 0, done.stderr
            assert target.entities.query("Bin").count() == 2
            assert [one.id for one in target.subscriptions.query()] == ["urn:ngsi-ld:Subscription:1"]


def test_a_refused_entity_is_exit_code_1(url: str, command: Any, tmp_path: Path) -> None:
    """What was refused is kept with its reason where a file is named."""
    (tmp_path / "in.ndjson").write_text('{"id": "urn:ngsi-ld:Bin:1", "type": "Bin", "x": {"type": "Property"}}\n')
    done = command("entities", "import", "in.ndjson", "--refused", "refused.ndjson")
    assert done.returncode == 1
    assert "0 entities written, 1 refused" in done.stdout
    assert json.loads((tmp_path / "refused.ndjson").read_text())["reason"]
