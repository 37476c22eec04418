"""Type checkers know ten models as their schemas have them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("ten_models.py")
ROOT = PROGRAM.parents[2]


@pytest.fixture(scope="module")
def refused() -> set[int]:
    """Return the lines that are wrong on purpose."""
    return {number for number, line in enumerate(PROGRAM.read_text().splitlines(), 1) if line.endswith("# refused")}


def test_mypy_knows_the_attributes(refused: set[int]) -> None:
    """Every type is as asserted, and each mistake is an error on its line."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(PROGRAM)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert {int(line) for line in re.findall(r"ten_models\.py:(\d+): error", done.stdout)} == refused, done.stdout


def test_pyright_knows_the_attributes(refused: set[int]) -> None:
    """The same for the checker behind many editors."""
    program = shutil.which("pyright", path=str(Path(sys.executable).parent)) or shutil.which("pyright")
    if program is None:
        pytest.skip("pyright is not installed")
    command = [program, "--outputjson", "--pythonpath", sys.executable, str(PROGRAM)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROGRAM.parent)
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        pytest.skip(f"pyright cannot run here: {(done.stderr or done.stdout)[-200:]}")
    errors = {one["range"]["start"]["line"] + 1 for one in report["generalDiagnostics"] if one["severity"] == "error"}
    assert errors == refused
