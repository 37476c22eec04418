"""Type checkers see the receiver as its users do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def mypy_errors(path: Path) -> set[int]:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return {int(line) for line in re.findall(rf"{re.escape(path.name)}:(\d+): error", done.stdout)}


def pyright_errors(path: Path) -> set[int]:
    program = shutil.which("pyright", path=str(Path(sys.executable).parent)) or shutil.which("pyright")
    if program is None:
        pytest.skip("pyright is not installed")
    command = [program, "--outputjson", "--pythonpath", sys.executable, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE)
    try:
        found = json.loads(done.stdout)["generalDiagnostics"]
    except json.JSONDecodeError:
        pytest.skip(f"pyright cannot run here: {(done.stderr or done.stdout)[-200:]}")
    return {one["range"]["start"]["line"] + 1 for one in found if one["severity"] == "error"}


@pytest.mark.parametrize("errors", [mypy_errors, pyright_errors])
@pytest.mark.parametrize("name", ["must_pass.py", "must_fail.py"])
def test_checkers_agree_with_the_marks(name: str, errors: object) -> None:
    """mypy in its strict mode and pyright report the marked lines, and no other."""
    assert callable(errors)
    path = HERE / name
    lines = enumerate(path.read_text().splitlines(), 1)
    assert errors(path) == {number for number, line in lines if line.endswith("# refused")}
