"""The folders of examples/: each runs by its one command and says what it should."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
CITYCONTEXT = ("-c", "from citycontext.cli.main import run; run()")


def run(folder: str, tmp_path: Path, *arguments: str) -> str:
    """Run a command in a copy of an example; return what it printed."""
    copy = tmp_path / folder
    shutil.copytree(EXAMPLES / folder, copy)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_parking_dashboard(tmp_path: Path) -> None:
    """The rows of the CSV are car parks of a broker, the emptiest first, with times in UTC."""
    assert run("parking_dashboard", tmp_path, "dashboard.py", "--once").splitlines() == [
        "Vrijdagmarkt: 211 of 648 free, 21/12 08:06 UTC",
        "P+R The Loop: 64 of 400 free, 21/12 08:05 UTC",
        "P+R Gentbrugge / Arsenaal: 0 of 280 free, 21/12 08:05 UTC",
    ]


def test_the_things_stack_on_a_map(tmp_path: Path) -> None:
    """Both webhooks of The Things Stack become sensors with a position."""
    assert run("things_stack_map", tmp_path, "map.py", "--once").splitlines() == [
        "urn:ngsi-ld:AirQualityObserved:air-korenmarkt: PM10 18.2, [3.7217, 51.0547]",
        "urn:ngsi-ld:AirQualityObserved:air-zuid: PM10 31.0, [3.729, 51.0478]",
    ]


def test_the_migration_from_an_iot_agent(tmp_path: Path) -> None:
    """The provisioning becomes a configuration that is good, and a message of today becomes an entity by it."""
    printed = run("iot_agent", tmp_path, "migrate.py")
    assert "bridge.toml is good." in printed
    assert "WeatherObserved urn:ngsi-ld:WeatherObserved:station1" in printed
    assert "left out" not in printed


def test_a_codec_of_your_own(tmp_path: Path) -> None:
    """The bytes of a meter are read, and those of another version are refused."""
    assert "2 cases, 0 failed." in run("own_codec", tmp_path, *CITYCONTEXT, "bridge", "test", "bridge.toml")


def test_a_model_of_your_own(tmp_path: Path) -> None:
    """What breaks the schema is found, and what is right is read back with its types."""
    assert run("own_model", tmp_path, "bench.py").splitlines() == [
        "found: seats.value: is of another type",
        "urn:ngsi-ld:Bench:markt:1: 1 of 4 seats taken, wood",
    ]


def test_the_notebook(tmp_path: Path) -> None:
    """The notebook runs from its first cell to its last, and draws."""
    pytest.importorskip("pandas")
    pytest.importorskip("matplotlib")
    assert run("history", tmp_path, "run.py") == "12 readings, warmest 20\n"
    assert (tmp_path / "history" / "temperature.svg").read_text().count("<svg")


def test_notifications_in_fastapi(tmp_path: Path) -> None:
    """The two car parks that filled up are announced by an application of FastAPI."""
    pytest.importorskip("fastapi")
    assert run("receiver", tmp_path, "alarm.py", "--once").splitlines() == [
        "P+R The Loop: 4 spots left",
        "P+R The Loop: 0 spots left",
    ]


def test_every_folder_is_in_the_list() -> None:
    """The list of examples names each folder, and none that is not there."""
    named = set(re.findall(r"\]\((\w+)\)", (EXAMPLES / "README.md").read_text()))
    assert named == {one.name for one in EXAMPLES.iterdir() if one.is_dir() and one.name != "__pycache__"}
