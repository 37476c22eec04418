"""``citycontext bridge import-iota``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

PROVISIONING = {
    "services": [
        {
            "apikey": "key",
            "entity_type": "Room",
            "attributes": [{"object_id": "t", "name": "temperature", "type": "Number"}],
            "commands": [{"name": "reset", "type": "command"}],
        }
    ]
}


@pytest.fixture(autouse=True)
def provisioning(tmp_path: Path) -> None:
    """What an agent has."""
    (tmp_path / "provisioning.json").write_text(json.dumps(PROVISIONING))


def test_what_is_made_can_be_checked(command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that is written is a good configuration; what was left out is told beside it."""
    ended = command("bridge", "import-iota", "provisioning.json", "--to", "bridge.toml")
    assert (tmp_path / "bridge.toml").read_text().startswith("#:schema bridge.schema.json\n")
    assert (tmp_path / "bridge.schema.json").exists()
    assert ended.returncode == 0
    assert ended.stdout == "Written to bridge.toml. Look it over, then run: citycontext bridge check bridge.toml\n"
    assert ended.stderr == (
        "left out: Room of key: command 'reset': its fate is written as resetStatus and resetResult, "
        "not as reset_status and reset_info\n"
    )
    monkeypatch.setenv("MQTT_URL", "mqtt://localhost")
    monkeypatch.setenv("CONTEXT_BROKER_URL", "http://localhost:1026")
    ended = command("bridge", "check", "bridge.toml")
    assert ended.returncode == 0, ended.stderr
    assert "  -> Room: temperature" in ended.stdout


def test_without_a_file_it_is_printed(command) -> None:
    """To look at, or for a pipe; the codec is the one asked for."""
    ended = command("bridge", "import-iota", "provisioning.json", "--codec", "ultralight")
    assert 'codec = "ultralight"' in ended.stdout


def test_nothing_is_overwritten(command, refusal, tmp_path: Path) -> None:
    """A configuration that is there already stays as it is."""
    (tmp_path / "bridge.toml").write_text("mine")
    line = refusal(command("bridge", "import-iota", "provisioning.json", "--to", "bridge.toml"))
    assert "bridge.toml cannot be written: File exists" in line
    assert (tmp_path / "bridge.toml").read_text() == "mine"


def test_what_is_no_provisioning_ends_in_one_line(command, refusal, tmp_path: Path) -> None:
    """A file that is not there, or holds something else."""
    assert "none.json cannot be read" in refusal(command("bridge", "import-iota", "none.json"))
    (tmp_path / "provisioning.json").write_text("{}")
    assert "GET /iot/services" in refusal(command("bridge", "import-iota", "provisioning.json"))
