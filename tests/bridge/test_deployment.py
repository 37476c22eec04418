"""The deployment examples: what they configure is what the bridge reads."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.mapping.processing import Router
from citycontext.bridge.rehearsal.checks import check
from citycontext.ngsild.findings import Severity

FOLDER = Path(__file__).parents[2] / "examples" / "deployment"


def test_the_configuration_is_good() -> None:
    """It loads, compiles, and has no findings against the models."""
    names = ("MQTT_URL", "MQTT_USERNAME", "MQTT_PASSWORD", "CONTEXT_BROKER_URL")
    addresses = dict(zip(names, ("mqtt://m", "u", "p", "http://c"), strict=True))
    config = BridgeConfig.load(FOLDER / "bridge.toml", addresses)
    assert len(Router(config).routes) == 1
    assert [one for one in check(config) if one.severity is not Severity.NOTE] == []
    environment = (FOLDER / "compose.yaml").read_text()
    unit = (FOLDER / "citycontext-bridge.service").read_text()
    assert all(name in environment and name in unit for name in names)


@pytest.mark.parametrize("name", ["compose.yaml", "kubernetes.yaml"])
def test_ports_and_paths_agree(name: str) -> None:
    """The admin port and the journal's folder are those of the configuration."""
    text = (FOLDER / name).read_text()
    assert all(yaml.safe_load_all(text))
    config = (FOLDER / "bridge.toml").read_text()
    assert "port = 9188" in config
    assert "9188" in text
    assert 'path = "/var/lib/citycontext/journal.db"' in config
    assert "/var/lib/citycontext" in text


def test_the_image_holds_what_the_build_needs() -> None:
    """Each file that the Dockerfile copies is there, and what the build asks for is copied; nothing else goes along."""
    root = FOLDER.parents[1]
    lines = (FOLDER / "Dockerfile").read_text().splitlines()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert all((root / name).exists() for name in copied)
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert {"pyproject.toml", "src", project["readme"], *project["license-files"]} <= set(copied)


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """No unknown key, and nothing that it warns of, with a program that is there."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("the program systemd-analyze is not on the PATH")
    text = (FOLDER / "citycontext-bridge.service").read_text()
    unit = tmp_path / "citycontext-bridge.service"
    unit.write_text(text.replace("/opt/citycontext/bin/citycontext", "/bin/true"))
    done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
