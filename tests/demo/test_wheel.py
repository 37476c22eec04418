"""What a non-editable install from a bare clone gets."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_wheel_holds_all_that_the_demo_reads(tmp_path: Path) -> None:
    """The bridge's configuration, the recording and every file of the page are in the wheel."""
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
    build = f"from hatchling.build import build_wheel; print(build_wheel({str(tmp_path)!r}))"
    built = subprocess.run([sys.executable, "-c", build], cwd=ROOT, capture_output=True, text=True, check=True)
    names = set(zipfile.ZipFile(tmp_path / built.stdout.splitlines()[-1]).namelist())
    package = ROOT / "src" / "citycontext"
    wanted = [package / "demo" / "bridge.toml", package / "demo" / "park_and_ride.json", *package.glob("broker/page/*")]
    assert len(wanted) > 5
    assert {str(file.relative_to(package.parent)) for file in wanted} <= names
